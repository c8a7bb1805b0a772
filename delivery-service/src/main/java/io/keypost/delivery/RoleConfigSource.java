package io.keypost.delivery;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Turns {@code keypost.delivery.roles} into the settings of the libraries: channels of roles that
 * do not run are not opened, and without the role {@code jmap} there is no public port.
 */
public final class RoleConfigSource implements ConfigSourceFactory {
  static final String ROLES = "keypost.delivery.roles";

  /** Over application.properties (250), under the environment (300) and the command line. */
  private static final int ORDINAL = 260;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    ConfigValue configured = context.getValue(ROLES);
    Set<DeliveryRole> roles =
        parse(configured == null || configured.getValue() == null ? "" : configured.getValue());
    Map<String, String> derived = new HashMap<>();
    for (DeliveryRole role : DeliveryRole.values()) {
      for (String channel : role.channels()) {
        derived.put(
            "mp.messaging.incoming." + channel + ".enabled",
            Boolean.toString(roles.contains(role)));
      }
    }
    derived.put("quarkus.http.host-enabled", Boolean.toString(roles.contains(DeliveryRole.JMAP)));
    return List.of(new PropertiesConfigSource(derived, "roles of this delivery", ORDINAL));
  }

  /** The roles of a comma separated list; all of them when it is empty. */
  static Set<DeliveryRole> parse(String words) {
    EnumSet<DeliveryRole> roles = EnumSet.noneOf(DeliveryRole.class);
    Arrays.stream(words.split(","))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .map(DeliveryRole::parse)
        .forEach(roles::add);
    return roles.isEmpty() ? EnumSet.allOf(DeliveryRole.class) : roles;
  }
}
