package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The unbroken chain of an address's statements, oldest first, each verified: the first names a key
 * and is signed by it, each further one names the digest of the one before and is signed by the key
 * that was last in force. Whoever remembers the digest of any statement of an address can tell
 * whether what it says today follows from it.
 *
 * @param address who speaks
 * @param statements 1 to {@value #MAX_STATEMENTS}
 */
public record KeyHistory(Address address, List<KeyStatement> statements) {
  /** Most statements of one address. */
  public static final int MAX_STATEMENTS = 64;

  /** Verifies every link. */
  public KeyHistory {
    statements = List.copyOf(statements);
    if (statements.isEmpty() || statements.size() > MAX_STATEMENTS) {
      throw KeyStatement.refused(
          "1 to " + MAX_STATEMENTS + " statements, not " + statements.size(), null);
    }
    Optional<Digest> previous = Optional.empty();
    Instant notBefore = Instant.EPOCH;
    Bytes inForce = firstKey(statements.getFirst());
    for (KeyStatement statement : statements) {
      if (!statement.address().equals(address)) {
        throw KeyStatement.refused("a statement of " + statement.address(), null);
      }
      if (!statement.previous().equals(previous) || statement.made().isBefore(notBefore)) {
        throw KeyStatement.refused("a statement that does not follow the one before", null);
      }
      verify(statement, inForce);
      previous = Optional.of(statement.digest());
      notBefore = statement.made();
      inForce = keyAfter(statement, inForce);
    }
  }

  /**
   * Verifies a chain.
   *
   * @throws RefusedException {@code statement_invalid} when a link is not as it must be
   */
  public static KeyHistory verify(Address address, List<KeyStatement> statements) {
    return new KeyHistory(address, statements);
  }

  private static Bytes firstKey(KeyStatement first) {
    return switch (first.says()) {
      case KeyStatement.Says.Key key -> key.packet();
      case KeyStatement.Says.Pointer pointer ->
          throw KeyStatement.refused("a first statement that names no key", null);
    };
  }

  private static Bytes keyAfter(KeyStatement statement, Bytes before) {
    return switch (statement.says()) {
      case KeyStatement.Says.Key key -> key.packet();
      case KeyStatement.Says.Pointer pointer -> before;
    };
  }

  private static void verify(KeyStatement statement, Bytes key) {
    try {
      DetachedSignatures.verifyByKey(
          SignatureContext.KEY_STATEMENT,
          statement.encoded(),
          statement.signature(),
          KeyStatement.read(key));
    } catch (RefusedException e) {
      throw KeyStatement.refused(
          "not signed by the address's last primary key: " + e.refusal().detail(), e);
    }
  }

  /** Fingerprint of the primary key that is in force. */
  public Bytes primaryFingerprint() {
    return primaryKey().fingerprint();
  }

  /** The primary key that is in force. */
  KeyPacket primaryKey() {
    Bytes inForce = firstKey(statements.getFirst());
    for (KeyStatement statement : statements) {
      inForce = keyAfter(statement, inForce);
    }
    return KeyStatement.read(inForce);
  }

  /** What the address says now. */
  public KeyStatement.Says current() {
    return statements.getLast().says();
  }

  /** Digest of the newest statement: what to remember of an address. */
  public Digest newest() {
    return statements.getLast().digest();
  }

  /**
   * Whose word it is that what the address says today follows from what was remembered: the primary
   * keys that signed the statements after that one.
   *
   * @return version 6 fingerprints; empty when nothing was said since, or the statement is none of
   *     these
   */
  public Set<Bytes> signersSince(Digest remembered) {
    Set<Bytes> signers = new LinkedHashSet<>();
    Bytes inForce = firstKey(statements.getFirst());
    boolean since = false;
    for (KeyStatement statement : statements) {
      if (since) {
        signers.add(KeyStatement.read(inForce).fingerprint());
      }
      since |= statement.digest().equals(remembered);
      inForce = keyAfter(statement, inForce);
    }
    return signers;
  }

  /**
   * Whether the statement that was remembered is part of this chain, so that all after it was
   * signed by its key.
   */
  public boolean continues(Digest remembered) {
    return statements.stream().anyMatch(statement -> statement.digest().equals(remembered));
  }
}
