package io.keypost.client;

import io.keypost.client.home.PendingMail;
import io.keypost.client.home.PendingMail.Pending;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.home.SentCopies;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.EnvelopeLife;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Hands a message in once, however often it has to be tried: until the provider has said what
 * became of it, the same wish sends the very same octets, which arrive at most once (KP-OUT-3).
 */
final class Outgoing {
  private final PendingMail pending;
  private final SentCopies sent;
  private final Path temporary;
  private final Door door;

  /**
   * Hands in at {@code door}.
   *
   * @param temporary directory for what is being sealed, on the same file system as the stores
   */
  Outgoing(PendingMail pending, SentCopies sent, Path temporary, Door door) {
    this.pending = pending;
    this.sent = sent;
    this.temporary = temporary;
    this.door = door;
  }

  /** The provider's ingress. */
  interface Door {
    /**
     * Hands one message in.
     *
     * @throws RefusedException when it was refused as a whole; of kind {@code RETRY_AFTER} also
     *     when there was no answer
     */
    List<Status> post(Head head, Path payload);
  }

  /** Makes a message that was not made yet. */
  interface Sealing {
    /**
     * Seals for the recipient into {@code payload} and for the sender into {@code copy}.
     *
     * @return the recipient's head, and the envelope of the copy
     */
    Sealed seal(Path payload, Path copy);
  }

  /** What {@link Sealing} made, beside the two files. */
  record Sealed(Head head, SignedEnvelope own) {}

  /**
   * Sends what {@code what} stands for: as it was sealed before, if nobody knows what became of
   * that, otherwise sealed now.
   *
   * @throws RefusedException of kind {@code RETRY_AFTER}: the same call sends the same octets
   *     again; of another kind: nothing was sent and nothing is kept
   */
  SentMessage send(Digest what, Instant now, Sealing sealing) {
    forgetExpired(now);
    return handIn(what, pending.find(what).orElseGet(() -> prepare(what, sealing)));
  }

  private Pending prepare(Digest what, Sealing sealing) {
    Path payload = PrivateFiles.temporary(temporary);
    Path copy = PrivateFiles.temporary(temporary);
    try {
      Sealed sealed = sealing.seal(payload, copy);
      sent.keep(factsOf(sealed.head()), sealed.own(), copy);
      pending.keep(what, sealed.head(), payload);
      return pending.find(what).orElseThrow();
    } finally {
      delete(payload);
      delete(copy);
    }
  }

  private SentMessage handIn(Digest what, Pending mail) {
    SentCopies.Sent facts = factsOf(mail.head());
    try {
      return switch (door.post(mail.head(), mail.payload()).getFirst()) {
        case Status.Accepted() -> {
          pending.forget(what);
          yield new SentMessage(facts.id(), facts.recipient(), facts.addressedAs(), facts.digest());
        }
        case Status.Refused(Refusal refusal) -> throw new RefusedException(refusal);
      };
    } catch (RefusedException e) {
      if (!e.isTemporary()) {
        pending.forget(what);
        sent.forget(facts.digest());
      }
      throw e;
    }
  }

  /** The provider has this envelope: it says so itself. */
  void isKnown(Digest envelope) {
    pending
        .all()
        .forEach(
            (what, mail) -> {
              if (factsOf(mail.head()).digest().equals(envelope)) {
                pending.forget(what);
              }
            });
  }

  /** Nobody takes these any more. Their copies stay: one of them may have arrived all the same. */
  private void forgetExpired(Instant now) {
    pending
        .all()
        .forEach(
            (what, mail) -> {
              if (EnvelopeLife.isExpired(mail.head().signed().getFirst().envelope(), now)) {
                pending.forget(what);
              }
            });
  }

  private static SentCopies.Sent factsOf(Head head) {
    SignedEnvelope signed = head.signed().getFirst();
    return new SentCopies.Sent(
        signed.envelope().messageId(),
        signed.envelope().recipient(),
        signed.envelope().addressedAs(),
        signed.envelopeDigest());
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
