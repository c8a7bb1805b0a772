package io.keypost.protocol.message;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.wire.Signed;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What precedes the payload of a frame (KP-FRM-2): the envelopes of one message to recipients who
 * share its payload.
 *
 * @param signed 1 to {@value #MAX_ENVELOPES} envelopes that agree on sender, message id, payload
 *     digest and payload size; no recipient twice (KP-FRM-5)
 */
public record Head(List<SignedEnvelope> signed) {
  /** The protocol version that this code speaks. */
  public static final int VERSION = 1;

  /** Most envelopes over one payload. */
  public static final int MAX_ENVELOPES = 100;

  /** Largest encoding, in octets: 256 KiB. */
  public static final int MAX_ENCODED_OCTETS = 256 * 1024;

  /** Checks number and agreement. */
  public Head {
    signed = List.copyOf(signed);
    if (signed.isEmpty()) {
      throw RefusedException.of(RefusalCode.MALFORMED_HEAD, "no envelope");
    }
    if (signed.size() > MAX_ENVELOPES) {
      throw RefusedException.of(
          RefusalCode.TOO_MANY_ENVELOPES, "more than " + MAX_ENVELOPES + " envelopes");
    }
    requireOneMessage(signed);
  }

  /**
   * Reads the strict encoding.
   *
   * @throws RefusedException {@code head_too_large}, {@code malformed_head}, {@code
   *     unsupported_version}, {@code too_many_envelopes}, {@code malformed_envelope} or {@code
   *     envelopes_disagree}
   */
  public static Head decode(Bytes encoded) {
    if (encoded.size() > MAX_ENCODED_OCTETS) {
      throw RefusedException.of(
          RefusalCode.HEAD_TOO_LARGE, "more than " + MAX_ENCODED_OCTETS + " octets");
    }
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.message.wire.Head.parser(), encoded, RefusalCode.MALFORMED_HEAD);
    requireVersion(wire.getVersion());
    StrictProtobuf.requireStrict(wire, encoded, RefusalCode.MALFORMED_HEAD);
    if (wire.getSignedCount() > MAX_ENVELOPES) {
      throw RefusedException.of(
          RefusalCode.TOO_MANY_ENVELOPES, "more than " + MAX_ENVELOPES + " envelopes");
    }
    return new Head(wire.getSignedList().stream().map(Head::decodeSigned).toList());
  }

  /** The strict encoding. */
  public Bytes encode() {
    var wire = io.keypost.protocol.message.wire.Head.newBuilder().setVersion(VERSION);
    for (SignedEnvelope one : signed) {
      wire.addSigned(
          Signed.newBuilder()
              .setEnvelope(ByteString.copyFrom(one.encoded().asByteBuffer()))
              .setSignature(ByteString.copyFrom(one.signature().asByteBuffer())));
    }
    return Bytes.copyOf(wire.build().toByteArray());
  }

  /** The sender of the message. */
  public Address sender() {
    return signed.getFirst().envelope().sender();
  }

  /** The id of the message. */
  public MessageId messageId() {
    return signed.getFirst().envelope().messageId();
  }

  /** SHA-256 of the payload that follows, as signed. */
  public Digest payloadDigest() {
    return signed.getFirst().envelope().payloadDigest();
  }

  /** Octets of the payload that follows, as signed. */
  public long payloadSize() {
    return signed.getFirst().envelope().payloadSize();
  }

  /** The subkeys that the payload must be encrypted to. */
  public Set<Bytes> recipientKeys() {
    Set<Bytes> keys = new HashSet<>();
    for (SignedEnvelope one : signed) {
      keys.add(one.envelope().recipientKey());
    }
    return Set.copyOf(keys);
  }

  /** A later version may encode otherwise: its number is looked at before anything else. */
  private static void requireVersion(int version) {
    if (version == 0) {
      throw RefusedException.of(RefusalCode.MALFORMED_HEAD, "no version");
    }
    if (version != VERSION) {
      throw RefusedException.of(
          RefusalCode.UNSUPPORTED_VERSION,
          "version " + Integer.toUnsignedString(version) + "; this side speaks " + VERSION);
    }
  }

  private static SignedEnvelope decodeSigned(Signed one) {
    return SignedEnvelope.decode(
        Bytes.copyOf(one.getEnvelope().asReadOnlyByteBuffer()),
        Bytes.copyOf(one.getSignature().asReadOnlyByteBuffer()));
  }

  private static void requireOneMessage(List<SignedEnvelope> signed) {
    Envelope first = signed.getFirst().envelope();
    Set<Address> recipients = new HashSet<>();
    for (SignedEnvelope one : signed) {
      Envelope envelope = one.envelope();
      boolean agrees =
          envelope.sender().equals(first.sender())
              && envelope.messageId().equals(first.messageId())
              && envelope.payloadDigest().equals(first.payloadDigest())
              && envelope.payloadSize() == first.payloadSize();
      if (!agrees) {
        throw RefusedException.of(
            RefusalCode.ENVELOPES_DISAGREE,
            "sender, message id, payload digest and size must be the same in all envelopes");
      }
      if (!recipients.add(envelope.recipient())) {
        throw RefusedException.of(RefusalCode.ENVELOPES_DISAGREE, "a recipient stands twice");
      }
    }
  }
}
