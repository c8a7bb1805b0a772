package io.keypost.keyserver;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusedException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The key servers that pins name: this one and the operator's others, in one order whichever of
 * them is asked, so that all say the same text.
 *
 * @param names 1 to {@link Pin#MAX_KEY_SERVERS}, each once
 */
public record PinnedKeyServers(List<KeyServerName> names) {
  private static final Comparator<KeyServerName> ORDER =
      Comparator.comparing((KeyServerName name) -> name.host().value())
          .thenComparingInt(KeyServerName::port);

  /** Checks how many there are, and orders them. */
  public PinnedKeyServers {
    names = names.stream().distinct().sorted(ORDER).toList();
    if (names.isEmpty() || names.size() > Pin.MAX_KEY_SERVERS) {
      throw new IllegalArgumentException(
          "a pin names 1 to " + Pin.MAX_KEY_SERVERS + " key servers, not " + names.size());
    }
  }

  /**
   * Those of the configuration.
   *
   * @throws IllegalArgumentException when one is no host name
   */
  public static PinnedKeyServers of(KeyServerConfig config) {
    KeyServerName own =
        new KeyServerName(
            MailDomain.parse(config.host()), config.publicPort().orElse(config.port()));
    return new PinnedKeyServers(
        Stream.concat(
                Stream.of(own),
                config.otherKeyServers().stream()
                    .flatMap(others -> Arrays.stream(others.split(",")))
                    .map(String::strip)
                    .map(PinnedKeyServers::parse))
            .toList());
  }

  private static KeyServerName parse(String name) {
    try {
      return KeyServerName.parse(name);
    } catch (RefusedException e) {
      throw new IllegalArgumentException(
          "keypost.keyserver.other-key-servers: not a key server: " + name, e);
    }
  }

  /**
   * URLs of the token endpoints of them all: they share one database, and so one memory of the
   * assertions that were used (KP-TOK-2).
   */
  public List<String> tokenEndpoints() {
    return names.stream().map(name -> "https://" + name + "/v1/tokens").toList();
  }

  /** The hosts, each once. */
  public List<MailDomain> hosts() {
    return names.stream().map(KeyServerName::host).distinct().toList();
  }
}
