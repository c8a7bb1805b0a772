package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that works for one address. */
final class HomeOptions {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Home directory of the address (default: $KEYPOST_HOME or ~/.keypost).")
  private @Nullable Path home;

  @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Holds the passphrase.")
  private @Nullable Path passphraseFile;

  @Option(
      names = "--dns",
      paramLabel = "ADDRESS:PORT",
      description = "DNS server (default: the system's).")
  private @Nullable String dns;

  @Option(
      names = "--trust-anchor",
      paramLabel = "FILE",
      description = "DNSSEC trust anchor (default: the public root zone's).")
  private @Nullable Path trustAnchor;

  @Option(
      names = "--allow-networks",
      paramLabel = "NETWORKS",
      description = "Networks to connect to, as 127.0.0.0/8 (default: public addresses).")
  private @Nullable String networks;

  @Option(
      names = "--allow-ports",
      paramLabel = "PORTS",
      description = "Ports to connect to, as 443,8000-8100 (default: 443).")
  private @Nullable String ports;

  ClientHome home(Environment environment) {
    if (home != null) {
      return new ClientHome(home);
    }
    String variable = environment.variables().get("KEYPOST_HOME");
    return new ClientHome(
        variable != null
            ? Path.of(variable)
            : Path.of(environment.variables().getOrDefault("HOME", "."), ".keypost"));
  }

  /** What was said on the command line, else what the home keeps. */
  ClientSettings settings(Environment environment) {
    return said().or(home(environment).settings());
  }

  ClientSettings said() {
    return new ClientSettings(
        Optional.ofNullable(dns),
        Optional.ofNullable(trustAnchor),
        Optional.ofNullable(networks),
        Optional.ofNullable(ports));
  }

  /** Keeps in the home what was said on the command line, so that it need not be said again. */
  void keepSaid(Environment environment) {
    if (!said().equals(ClientSettings.usual())) {
      home(environment).keep(settings(environment));
    }
  }

  char[] passphrase(Environment environment) {
    return environment.passphrase(passphraseFile);
  }

  char[] newPassphrase(Environment environment) {
    return environment.newPassphrase(passphraseFile);
  }

  /**
   * Refuses what no passphrase would mend, before one is asked for.
   *
   * @throws io.keypost.protocol.refusal.RefusedException {@code not_found} when nobody is enrolled
   *     in the home
   * @throws IllegalArgumentException for settings that cannot be used
   */
  void requireReady(Environment environment) {
    if (!home(environment).isEnrolled()) {
      throw home(environment).nobodyEnrolled();
    }
    settings(environment).requireUsable();
  }

  KeypostClient open(Environment environment) {
    requireReady(environment);
    return KeypostClient.open(
        home(environment),
        passphrase(environment),
        settings(environment),
        environment.clock(),
        environment.random());
  }
}
