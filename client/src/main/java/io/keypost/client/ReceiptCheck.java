package io.keypost.client;

import io.keypost.client.home.SentCopies;
import io.keypost.client.provider.Outcomes;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.Directory;
import io.keypost.directory.DomainView;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies receipts by this client's own look-ups (T32): the signer must be an operator that the
 * recipient's domain names, or for what never left the sender's own provider, that one.
 */
final class ReceiptCheck {
  private final Directory directory;
  private final Address sender;
  private final MailDomain ownOperator;

  ReceiptCheck(Directory directory, Address sender, MailDomain ownOperator) {
    this.directory = directory;
    this.sender = sender;
    this.ownOperator = ownOperator;
  }

  ReceiptProof check(
      SentCopies.Sent sent, OutcomeView.State state, Outcomes.Reported reported, Instant now) {
    String receipt = reported.receipt();
    List<String> chain = reported.chain();
    if (receipt == null || chain == null) {
      return new ReceiptProof.None();
    }
    try {
      return verify(sent, state, receipt, chain.stream().map(Bytes::parseBase64).toList(), now);
    } catch (RefusedException e) {
      return new ReceiptProof.Invalid(e.code().wire(), e.refusal().detail());
    }
  }

  private ReceiptProof verify(
      SentCopies.Sent sent,
      OutcomeView.State state,
      String receipt,
      List<Bytes> chain,
      Instant now) {
    DomainRecord recipients = Waiting.on(directory.domain(sent.recipient().domain())).record();
    @Nullable RefusedException last = null;
    for (MailDomain candidate : candidates(recipients)) {
      try {
        DomainView operator = Waiting.on(directory.domain(candidate));
        ReceiptRecord record =
            RecordVerifier.verifyReceipt(receipt, chain, operator.verified(), now).record();
        requireRight(recipients, record, state);
        requireAbout(sent, record, state);
        return new ReceiptProof.Verified(record.operator(), record.decidedAt());
      } catch (RefusedException e) {
        last = e;
      }
    }
    throw last == null
        ? RefusedException.of(RefusalCode.RECEIPT_INVALID, "nobody could have signed it")
        : last;
  }

  private Set<MailDomain> candidates(DomainRecord recipients) {
    Set<MailDomain> candidates = new LinkedHashSet<>();
    recipients.operators().forEach(operator -> candidates.add(operator.domain()));
    candidates.add(ownOperator);
    return candidates;
  }

  private void requireRight(
      DomainRecord recipients, ReceiptRecord record, OutcomeView.State state) {
    boolean named = recipients.namesForReceipts(record.operator(), record.decidedAt());
    boolean ownRefusal =
        record.operator().equals(ownOperator) && state != OutcomeView.State.DELIVERED;
    if (!named && !ownRefusal) {
      throw RefusedException.of(
          RefusalCode.RECEIPT_INVALID,
          record.operator() + " is not an operator that " + recipients.domain() + " names");
    }
  }

  private void requireAbout(SentCopies.Sent sent, ReceiptRecord record, OutcomeView.State state) {
    boolean about =
        record.envelopeDigest().equals(sent.digest())
            && record.messageId().equals(sent.id().octets())
            && record.sender().equals(sender)
            && record.recipient().equals(sent.recipient())
            && record.outcome().name().equals(state.name());
    if (!about) {
      throw RefusedException.of(
          RefusalCode.RECEIPT_INVALID,
          "the receipt is about another envelope, or says something else");
    }
  }
}
