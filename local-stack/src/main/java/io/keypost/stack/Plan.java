package io.keypost.stack;

import io.keypost.stack.servers.FreePorts;
import io.keypost.stack.servers.ServersOptions;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;

/**
 * What a stack chooses once and keeps as long as its directory: ports and passwords. They stand in
 * {@code plan.properties}, readable by its owner only, so that a stack that was ended comes up as
 * it was.
 */
final class Plan {

  private static final String FILE_NAME = "plan.properties";
  private static final String FIRST_PORT = "kafka.port";
  private static final int PORTS_OF_PROVIDER = 8;
  private static final int SECRET_OCTETS = 32;

  private final Properties values;

  private Plan(Properties values) {
    this.values = values;
  }

  /** Any ports that are free. */
  static Plan loadOrMake(Path directory, List<String> providers, SecureRandom random)
      throws IOException {
    return loadOrMake(directory, providers, OptionalInt.empty(), random);
  }

  /**
   * What the directory holds, or something new.
   *
   * @param firstPort of as many in a row as are needed; empty for any that are free
   * @throws IOException if the directory holds a stack of other providers or ports, or a port that
   *     is asked for is taken
   */
  static Plan loadOrMake(
      Path directory, List<String> providers, OptionalInt firstPort, SecureRandom random)
      throws IOException {
    var file = directory.resolve(FILE_NAME);
    var values = new Properties();
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        values.load(in);
      }
      var before = values.getProperty("providers", "");
      if (!before.equals(String.join(",", providers))) {
        throw new IOException(
            "%s holds a stack of %s, not of %s: start that one, choose another --dir, or delete the directory"
                .formatted(directory, before, String.join(",", providers)));
      }
      var plan = new Plan(values);
      if (firstPort.isPresent() && plan.port(FIRST_PORT) != firstPort.getAsInt()) {
        throw new IOException(
            "%s holds a stack whose ports begin with %d: leave the port out, or delete the directory"
                .formatted(directory, plan.port(FIRST_PORT)));
      }
      return plan;
    }
    values.setProperty("providers", String.join(",", providers));
    var ports = new ArrayDeque<>(ports(firstPort, 3 + PORTS_OF_PROVIDER * providers.size()));
    for (var server : List.of("kafka", "postgres", "dns")) {
      values.setProperty(server + ".port", Integer.toString(ports.pop()));
    }
    for (var provider : providers) {
      for (var key : List.of("keyserver.port", "ingress.port", "delivery.port")) {
        values.setProperty(provider + "." + key, Integer.toString(ports.pop()));
      }
      for (var service : ServiceName.values()) {
        values.setProperty(
            provider + "." + service.word() + ".management-port", Integer.toString(ports.pop()));
      }
      for (var secret : List.of("keyserver.password", "delivery.password")) {
        values.setProperty(provider + "." + secret, newSecret(random));
      }
    }
    values.setProperty("passphrase", newSecret(random));
    write(file, values);
    return new Plan(values);
  }

  private static List<Integer> ports(OptionalInt first, int count) throws IOException {
    try {
      return first.isPresent()
          ? FreePorts.inARow(first.getAsInt(), count)
          : FreePorts.choose(count);
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The providers of the stack in a directory; empty if there is none. */
  static List<String> providersIn(Path directory) throws IOException {
    var file = directory.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return List.of();
    }
    var values = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      values.load(in);
    }
    return Arrays.stream(values.getProperty("providers", "").split(",", -1))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static void write(Path file, Properties values) throws IOException {
    var text = new StringWriter();
    values.store(text, "ports and passwords of this local stack");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text.toString());
  }

  static String newSecret(SecureRandom random) {
    var octets = new byte[SECRET_OCTETS];
    random.nextBytes(octets);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  ServersOptions.Ports serverPorts() {
    return new ServersOptions.Ports(port("kafka.port"), port("postgres.port"), port("dns.port"));
  }

  int port(String provider, ServiceName service) {
    return port(provider + "." + service.word() + ".port");
  }

  int managementPort(String provider, ServiceName service) {
    return port(provider + "." + service.word() + ".management-port");
  }

  private int port(String key) {
    return Integer.parseInt(text(key));
  }

  String databasePassword(String provider, ServiceName service) {
    return text(provider + "." + service.word() + ".password");
  }

  /** Protects the local roots' and users' secret keys. */
  char[] passphrase() {
    return text("passphrase").toCharArray();
  }

  private String text(String key) {
    var value = values.getProperty(key);
    if (value == null) {
      throw new IllegalStateException("the plan has no " + key);
    }
    return value;
  }
}
