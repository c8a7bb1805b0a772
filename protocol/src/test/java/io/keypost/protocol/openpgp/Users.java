package io.keypost.protocol.openpgp;

import io.keypost.protocol.address.Address;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/** People that tests write about, with keys made once: tests only read them. */
final class Users {
  static final SecureRandom RANDOM = new SecureRandom();

  /** When the keys were made. */
  static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

  /** When tests happen. */
  static final Instant NOW = BEGIN.plus(Duration.ofDays(3)).plusMillis(437);

  static final UserSecretKey ALICE = user("alice@alpha.test");
  static final UserSecretKey BOB = user("bob@beta.test");
  static final UserSecretKey CAROL = user("carol@beta.test");

  private Users() {}

  static UserSecretKey user(String address) {
    return UserSecretKey.generate(Address.parse(address), BEGIN, RANDOM);
  }
}
