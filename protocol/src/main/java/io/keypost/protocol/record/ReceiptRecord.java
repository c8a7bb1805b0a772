package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one terminal outcome of an envelope, signed by who had custody of it. Kept: it has no end of
 * life, and who keeps it keeps its signer's chain and the time of checking with it.
 *
 * @param envelopeDigest digest of envelope and signature together
 * @param messageId the envelope's, 16 octets
 * @param sender the envelope's
 * @param recipient the envelope's
 * @param outcome how it ended
 * @param code refusal code, in its wire form, of {@code REFUSED} and {@code NEEDS_CLIENT} and of no
 *     other; a code that this version does not know is kept as it is
 * @param operator who decided
 * @param decidedAt when, whole seconds
 */
public record ReceiptRecord(
    Digest envelopeDigest,
    Bytes messageId,
    Address sender,
    Address recipient,
    ReceiptOutcome outcome,
    @Nullable String code,
    MailDomain operator,
    Instant decidedAt)
    implements SignedRecord {
  private static final int MESSAGE_ID_OCTETS = 16;
  private static final int MAX_CODE_CHARACTERS = 64;

  /** How an envelope can end. */
  public enum ReceiptOutcome {
    /** It is in the recipient's mailbox. */
    DELIVERED,
    /** For good; the code says why. */
    REFUSED,
    /** It was not delivered before its time was over. */
    EXPIRED,
    /** The sender's client must make it anew; the code says why. */
    NEEDS_CLIENT;

    private boolean hasCode() {
      return this == REFUSED || this == NEEDS_CLIENT;
    }
  }

  /** Checks the bounds. */
  public ReceiptRecord {
    Bounds.range(
        "octets of the message id", messageId.size(), MESSAGE_ID_OCTETS, MESSAGE_ID_OCTETS);
    decidedAt = Bounds.seconds(decidedAt);
    if ((code != null) != outcome.hasCode()) {
      throw new IllegalArgumentException("a code belongs to refused and needs_client");
    }
    if (code != null) {
      Bounds.text("code", code, MAX_CODE_CHARACTERS);
    }
  }

  @Override
  public RecordKind kind() {
    return RecordKind.RECEIPT;
  }

  @Override
  public Instant issuedAt() {
    return decidedAt;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.empty();
  }

  void writeTo(ObjectNode json) {
    json.put("envelope", envelopeDigest.base64Url());
    json.put("message_id", messageId.base64Url());
    json.put("sender", sender.toString());
    json.put("recipient", recipient.toString());
    json.put("outcome", JsonObject.word(outcome));
    if (code != null) {
      json.put("code", code);
    }
    json.put("operator", operator.value());
    json.put("decided_at", decidedAt.getEpochSecond());
  }

  static ReceiptRecord read(JsonObject json) {
    return new ReceiptRecord(
        json.digest("envelope"),
        json.bytes("message_id", MESSAGE_ID_OCTETS),
        json.address("sender"),
        json.address("recipient"),
        json.word("outcome", ReceiptOutcome.class),
        json.has("code") ? json.text("code") : null,
        json.domain("operator"),
        json.time("decided_at"));
  }
}
