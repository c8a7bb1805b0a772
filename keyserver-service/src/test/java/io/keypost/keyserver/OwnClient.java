package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.config;

import io.keypost.client.DeviceSetup;
import io.keypost.client.KeypostClient;
import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** Keypost's own client against the running key server, over DNS and TLS. */
final class OwnClient {
  static final SecureRandom RANDOM = new SecureRandom();
  private static final char[] PASSPHRASE = "correct horse".toCharArray();

  private OwnClient() {}

  /** A device that may be set up in {@code home}. */
  static DeviceSetup device(Path home, String name) {
    return new DeviceSetup(
        new ClientHome(home), PASSPHRASE, name, settings(), InstantSource.system(), RANDOM);
  }

  /** The device that lives in {@code home}. */
  static KeypostClient open(Path home) {
    return KeypostClient.open(
        new ClientHome(home), PASSPHRASE, settings(), InstantSource.system(), RANDOM);
  }

  private static ClientSettings settings() {
    return new ClientSettings(
        Optional.of(config("keypost.dns.servers", String.class)),
        Optional.of(config("keypost.dns.trust-anchor-file", Path.class)),
        Optional.of(config("keypost.directory.allowed-networks", String.class)),
        Optional.of(config("keypost.directory.allowed-ports", String.class)));
  }
}
