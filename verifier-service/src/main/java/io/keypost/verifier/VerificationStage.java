package io.keypost.verifier;

import io.keypost.directory.AddressView;
import io.keypost.directory.Directory;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.events.stage.StageDecision;
import io.keypost.frame.Proposals;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.verifier.Verification.SenderRecords;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The life of a message in the verifier, from {@code mail.accepted} on: what needs no look-up is
 * decided first; then the sender's records are asked for, once for all messages of one sender that
 * are under way (the directory joins them and keeps what it verified); then the signature is
 * checked on the threads set aside for cryptography. It ends in {@code mail.verified}, in {@code
 * mail.proposed}, in a retry topic or, when the event contradicts itself, in the dead letters.
 */
public final class VerificationStage {
  private final Directory directory;
  private final Executor cryptography;
  private final InstantSource clock;
  private final Proposals proposals = new Proposals(ProposedOutcome.Stage.VERIFIER);

  /**
   * A stage that asks {@code directory}.
   *
   * @param cryptography runs signature checks; as many threads as there are cores
   */
  public VerificationStage(Directory directory, Executor cryptography, InstantSource clock) {
    this.directory = directory;
    this.cryptography = cryptography;
    this.clock = clock;
  }

  /** Decides about one event; fails with a typed temporary refusal when the directory does. */
  public CompletionStage<StageDecision> decide(IncomingEvent<AcceptedMail> incoming) {
    AcceptedMail accepted = incoming.event();
    Instant now = clock.instant();
    Optional<Verdict> early = Verification.beforeLookUp(accepted.mail(), accepted.arrival(), now);
    if (early.isPresent()) {
      return CompletableFuture.completedFuture(
          decisionOf(early.get(), accepted, Optional.empty(), incoming.headers(), now));
    }
    Envelope envelope = accepted.mail().envelope().envelope();
    return judged(accepted, directory.address(envelope.sender()))
        .thenCompose(
            judged ->
                judged.verdict() instanceof Verdict.Refused
                    ? judgedAnew(accepted, envelope)
                    : CompletableFuture.completedFuture(judged))
        .thenApply(
            judged ->
                decisionOf(
                    judged.verdict(),
                    accepted,
                    Optional.of(judged.sender()),
                    incoming.headers(),
                    judged.at()));
  }

  private record Judged(Verdict verdict, AddressView sender, Instant at) {}

  private CompletionStage<Judged> judged(
      AcceptedMail accepted, CompletionStage<AddressView> looking) {
    return looking.thenApplyAsync(
        sender -> {
          Instant now = clock.instant();
          return new Judged(
              Verification.judge(
                  accepted.mail().envelope(), accepted.arrival(), recordsOf(sender), now),
              sender,
              now);
        },
        cryptography);
  }

  /**
   * With a record that is no older than the envelope: a key that the kept record does not have may
   * have been added since.
   */
  private CompletionStage<Judged> judgedAnew(AcceptedMail accepted, Envelope envelope) {
    return judged(
        accepted,
        directory.addressFetchedSince(envelope.sender(), accepted.arrival().existedAt(envelope)));
  }

  private static SenderRecords recordsOf(AddressView sender) {
    SenderStanding standing =
        switch (sender.record().content()) {
          case AddressRecord.Mailbox _ ->
              new SenderStanding.Mailbox(sender.certificate().orElseThrow());
          case AddressRecord.Alias _, AddressRecord.Unknown _ -> new SenderStanding.NoSender();
          case AddressRecord.Revoked(Instant from) -> new SenderStanding.Revoked(from);
        };
    return new SenderRecords(
        sender.domain().record(), standing, sender.domain().verified().revoked().keys());
  }

  private StageDecision decisionOf(
      Verdict verdict,
      AcceptedMail accepted,
      Optional<AddressView> sender,
      EventHeaders headers,
      Instant now) {
    return switch (verdict) {
      case Verdict.Verified _ ->
          StageDecision.Emit.of(
              MailEvents.VERIFIED.outgoing(
                  verified(accepted, sender.orElseThrow(), now), headers.passedOn()));
      case Verdict.Refused(var refusal) ->
          proposals.refuse(accepted.mail(), accepted.arrival(), refusal, headers, now);
      case Verdict.Expired _ -> proposals.expire(accepted.mail(), accepted.arrival(), headers, now);
      case Verdict.Later(var refusal) -> StageDecision.Retry.of(refusal);
      case Verdict.Inconsistent(String what) ->
          new StageDecision.GiveUp(DeadLetterReason.INVALID_FIELD, what);
    };
  }

  private static VerifiedMail verified(AcceptedMail accepted, AddressView sender, Instant now) {
    return new VerifiedMail(
        accepted.mail(),
        accepted.arrival(),
        new io.keypost.events.mail.Verification(
            sender.verified().digest(),
            sender.domain().verified().digest(),
            now.truncatedTo(ChronoUnit.MILLIS)));
  }
}
