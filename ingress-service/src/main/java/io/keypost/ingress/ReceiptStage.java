package io.keypost.ingress;

import io.keypost.directory.Directory;
import io.keypost.directory.DomainView;
import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome.CheckedReceipt;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.EventPublisher;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.record.ReceiptPost;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of a receipt at the front door: signature and signer under the operator's pinned root,
 * the operator's right to decide about the recipient's mail, then the event for delivery, which
 * alone knows whether such an envelope was sent (T32).
 */
public final class ReceiptStage {
  private final Directory directory;
  private final ReceiptRights rights;
  private final EventPublisher events;
  private final InstantSource clock;
  private final Executor cryptography;

  /**
   * Joins the parts.
   *
   * @param cryptography runs the checks of signatures; a full request has a hundred of them
   */
  public ReceiptStage(
      Directory directory,
      ReceiptRights rights,
      EventPublisher events,
      InstantSource clock,
      Executor cryptography) {
    this.cryptography = cryptography;
    this.directory = directory;
    this.rights = rights;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Takes what a peer posted. Receipts are those of the peer's own operator: about others nobody is
   * asked.
   *
   * @return a status for each receipt, in order; never completes exceptionally
   */
  public CompletionStage<List<Status>> accept(VerifiedPeer peer, ReceiptPost post) {
    CompletableFuture<DomainView> operator =
        directory.domain(peer.operator()).toCompletableFuture();
    List<CompletableFuture<Status>> statuses =
        post.receipts().stream()
            .map(
                receipt ->
                    operator
                        .thenComposeAsync(view -> accept(receipt, post.chain(), view), cryptography)
                        .handle(ReceiptStage::status))
            .toList();
    return CompletableFuture.allOf(statuses.toArray(CompletableFuture[]::new))
        .thenApply(_ -> statuses.stream().map(CompletableFuture::join).toList());
  }

  private CompletionStage<Void> accept(String jws, List<Bytes> chain, DomainView operator) {
    Instant now = clock.instant();
    Verified<ReceiptRecord> receipt =
        RecordVerifier.verifyReceipt(jws, chain, operator.verified(), now);
    ReceiptRecord said = receipt.record();
    return directory
        .domain(said.recipient().domain())
        .thenCombine(
            directory.domain(said.sender().domain()),
            (recipient, sender) -> rights.refuses(said, recipient.record(), sender.record(), now))
        .thenCompose(
            refusal ->
                refusal.isPresent()
                    ? refused(refusal.get())
                    : publish(receipt, chain, operator, now));
  }

  private CompletionStage<Void> publish(
      Verified<ReceiptRecord> receipt, List<Bytes> chain, DomainView operator, Instant now) {
    ReceiptRecord said = receipt.record();
    CheckedReceipt checked =
        new CheckedReceipt(
            said.envelopeDigest(),
            said.recipient(),
            receipt.jws(),
            chain,
            CertificateCodec.encode(operator.verified().rootCertificate()),
            now.truncatedTo(ChronoUnit.MILLIS));
    EventHeaders headers = EventHeaders.of(said.messageId().base64Url(), Optional.empty());
    return events
        .publish(List.of(MailEvents.PROPOSED.outgoing(checked, headers)))
        .toCompletableFuture()
        .copy()
        .orTimeout(AcceptanceStage.EVENT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static CompletionStage<Void> refused(Refusal refusal) {
    return CompletableFuture.failedFuture(new RefusedException(refusal));
  }

  private static Status status(@Nullable Void done, @Nullable Throwable error) {
    return error == null ? new Status.Accepted() : new Status.Refused(Failures.refusal(error));
  }
}
