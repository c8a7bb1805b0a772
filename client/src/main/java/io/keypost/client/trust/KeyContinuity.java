package io.keypost.client.trust;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.Optional;

/**
 * Decides by an address's own signed statements, not by what its server says (KP-KEY-7, KP-KEY-8).
 */
public final class KeyContinuity {
  private KeyContinuity() {}

  /**
   * Judges a mailbox.
   *
   * @param certificate as the record has it
   * @throws RefusedException {@code statement_invalid} when its own statements do not lead to this
   *     certificate's primary key
   */
  public static Continuity ofMailbox(
      Optional<Remembered> remembered, AddressRecord record, UserCertificate certificate) {
    KeyHistory history = history(record);
    if (!(history.current() instanceof KeyStatement.Says.Key)
        || !history.primaryFingerprint().equals(certificate.fingerprint())) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID,
          "the signed statements of "
              + record.address()
              + " name another key than its certificate's");
    }
    return judge(
        remembered,
        new Remembered(
            Optional.of(history.newest()),
            Optional.of(history.primaryFingerprint()),
            Optional.empty()),
        Optional.of(history));
  }

  /**
   * Judges an alias. One without a key of its own can sign nothing: every change of it is unsigned.
   *
   * @throws RefusedException {@code statement_invalid} when it has statements that do not lead to
   *     this target
   */
  public static Continuity ofAlias(
      Optional<Remembered> remembered, AddressRecord record, Address target) {
    if (record.statements().isEmpty()) {
      return judge(
          remembered,
          new Remembered(Optional.empty(), Optional.empty(), Optional.of(target)),
          Optional.empty());
    }
    KeyHistory history = history(record);
    if (!history.current().equals(new KeyStatement.Says.Pointer(target))) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID,
          "the signed statements of " + record.address() + " do not point at " + target);
    }
    return judge(
        remembered,
        new Remembered(
            Optional.of(history.newest()),
            Optional.of(history.primaryFingerprint()),
            Optional.of(target)),
        Optional.of(history));
  }

  private static KeyHistory history(AddressRecord record) {
    return KeyHistory.verify(
        record.address(), record.statements().stream().map(KeyStatement::parse).toList());
  }

  private static Continuity judge(
      Optional<Remembered> remembered, Remembered seen, Optional<KeyHistory> history) {
    if (remembered.isEmpty()) {
      return new Continuity.FirstSight(seen);
    }
    Remembered before = remembered.get();
    if (before.equals(seen)) {
      return new Continuity.Unchanged(seen);
    }
    boolean follows =
        before.statement().isPresent()
            && history.filter(h -> h.continues(before.statement().get())).isPresent();
    String what = what(before, seen);
    return follows
        ? new Continuity.ChangedBySignature(seen, what)
        : new Continuity.ChangedUnsigned(seen, what);
  }

  private static String what(Remembered before, Remembered seen) {
    if (!before.pointer().equals(seen.pointer())) {
      return "it points at "
          + seen.pointer().map(Address::toString).orElse("itself")
          + " now, before at "
          + before.pointer().map(Address::toString).orElse("itself");
    }
    return "its primary key is "
        + seen.primaryKey().map(Bytes::hex).orElse("none")
        + " now, before "
        + before.primaryKey().map(Bytes::hex).orElse("none");
  }
}
