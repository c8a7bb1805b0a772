package io.keypost.protocol.message;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Who sends what to whom, for one recipient (KP-ENV-1). What is signed is the encoding, exactly as
 * it is carried.
 *
 * @param messageId the sender's name for the message
 * @param sender whose key signs
 * @param senderKey v6 fingerprint of the subkey that signed, 32 octets
 * @param recipient the mailbox, after every alias was followed
 * @param recipientKey v6 fingerprint of the subkey that the payload is encrypted to, 32 octets
 * @param addressedAs what the sender wrote to; equal to {@code recipient} when no alias was used
 * @param created when, in whole milliseconds after 1970
 * @param expires when at the latest, in whole milliseconds after 1970; {@link EnvelopeLife} checks
 *     both against the clock
 * @param payloadDigest SHA-256 of the payload
 * @param payloadSize octets of payload, 1 to {@link #MAX_PAYLOAD_OCTETS}
 */
public record Envelope(
    MessageId messageId,
    Address sender,
    Bytes senderKey,
    Address recipient,
    Bytes recipientKey,
    Address addressedAs,
    Instant created,
    Instant expires,
    Digest payloadDigest,
    long payloadSize) {
  /** Octets of a v6 fingerprint (RFC 9580 section 5.5.4.3). */
  public static final int FINGERPRINT_OCTETS = 32;

  /** Largest encoding. Three addresses of full length leave room. */
  public static final int MAX_ENCODED_OCTETS = 2048;

  /** Largest payload that the protocol can name, 1 TiB; each provider takes far less. */
  public static final long MAX_PAYLOAD_OCTETS = 1L << 40;

  /** Checks every field's bounds. */
  public Envelope {
    requireFingerprint("sender_key", senderKey);
    requireFingerprint("recipient_key", recipientKey);
    requireWholeMillis("created", created);
    requireWholeMillis("expires", expires);
    if (payloadSize < 1 || payloadSize > MAX_PAYLOAD_OCTETS) {
      throw refused("payload_size: 1 to " + MAX_PAYLOAD_OCTETS);
    }
  }

  /**
   * Reads the strict encoding (KP-ENV-3, KP-ENV-4).
   *
   * @throws RefusedException {@code malformed_envelope} for anything else
   */
  public static Envelope decode(Bytes encoded) {
    if (encoded.size() > MAX_ENCODED_OCTETS) {
      throw refused("more than " + MAX_ENCODED_OCTETS + " octets");
    }
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.message.wire.Envelope.parser(),
            encoded,
            RefusalCode.MALFORMED_ENVELOPE);
    StrictProtobuf.requireStrict(wire, encoded, RefusalCode.MALFORMED_ENVELOPE);
    // An empty field fails the check of its own bounds below: nothing here may be empty.
    return new Envelope(
        new MessageId(bytes(wire.getMessageId())),
        field("sender", () -> Address.parseCanonical(wire.getSender())),
        bytes(wire.getSenderKey()),
        field("recipient", () -> Address.parseCanonical(wire.getRecipient())),
        bytes(wire.getRecipientKey()),
        field("addressed_as", () -> Address.parseCanonical(wire.getAddressedAs())),
        instant("created", wire.getCreated()),
        instant("expires", wire.getExpires()),
        field("payload_sha256", () -> new Digest(bytes(wire.getPayloadSha256()))),
        wire.getPayloadSize());
  }

  /** The strict encoding, which is what gets signed. */
  public Bytes encode() {
    return Bytes.copyOf(
        io.keypost.protocol.message.wire.Envelope.newBuilder()
            .setMessageId(byteString(messageId.octets()))
            .setSender(sender.toString())
            .setSenderKey(byteString(senderKey))
            .setRecipient(recipient.toString())
            .setRecipientKey(byteString(recipientKey))
            .setAddressedAs(addressedAs.toString())
            .setCreated(created.toEpochMilli())
            .setExpires(expires.toEpochMilli())
            .setPayloadSha256(byteString(payloadDigest.octets()))
            .setPayloadSize(payloadSize)
            .build()
            .toByteArray());
  }

  private static void requireFingerprint(String field, Bytes fingerprint) {
    if (fingerprint.size() != FINGERPRINT_OCTETS) {
      throw refused(field + ": not " + FINGERPRINT_OCTETS + " octets");
    }
  }

  private static void requireWholeMillis(String field, Instant time) {
    if (time.getNano() % 1_000_000 != 0
        || !time.isAfter(Instant.EPOCH)
        || time.isAfter(Instant.ofEpochMilli(StrictProtobuf.MAX_UNIX_MILLIS))) {
      throw refused(field + ": not a whole millisecond from 1970 to 9999");
    }
  }

  private static Instant instant(String field, long unixMillis) {
    // uint64 arrives as a signed long: what is negative was beyond 2^63.
    if (unixMillis < 1 || unixMillis > StrictProtobuf.MAX_UNIX_MILLIS) {
      throw refused(field + ": not a whole millisecond from 1970 to 9999");
    }
    return Instant.ofEpochMilli(unixMillis);
  }

  private static <T> T field(String name, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_ENVELOPE, name + ": " + e.refusal().detail(), e);
    }
  }

  private static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.MALFORMED_ENVELOPE, why);
  }

  private static Bytes bytes(ByteString octets) {
    return Bytes.copyOf(octets.asReadOnlyByteBuffer());
  }

  private static ByteString byteString(Bytes octets) {
    return ByteString.copyFrom(octets.asByteBuffer());
  }
}
