package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import java.time.Instant;
import java.util.Optional;

/**
 * "This alias may point at me": said by the target's primary key, and vouched for by the target's
 * domain while it stands.
 *
 * @param alias the address that points
 * @param target the address that is pointed at, of the domain that signs
 * @param serial chosen by the target's client, higher for each consent; part of what it signed
 * @param signature OpenPGP signature by the target's primary key, which {@code
 *     io.keypost.protocol.openpgp} verifies; at most {@value #MAX_SIGNATURE_OCTETS} octets
 * @param issuedAt when the domain signed, whole seconds
 * @param expiry when it ends, at most 24 hours later
 */
public record ConsentRecord(
    Address alias, Address target, long serial, Bytes signature, Instant issuedAt, Instant expiry)
    implements SignedRecord {
  /** Largest signature in octets. */
  public static final int MAX_SIGNATURE_OCTETS = 1024;

  /** Checks the bounds. */
  public ConsentRecord {
    Bounds.counted("serial", serial);
    Bounds.range("octets of the signature", signature.size(), 1, MAX_SIGNATURE_OCTETS);
    issuedAt = Bounds.seconds(issuedAt);
    expiry = Bounds.seconds(expiry);
  }

  @Override
  public RecordKind kind() {
    return RecordKind.CONSENT;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(expiry);
  }

  void writeTo(ObjectNode json) {
    json.put("alias", alias.toString());
    json.put("target", target.toString());
    json.put("serial", serial);
    json.put("signature", signature.base64Url());
    JsonObject.putTimes(json, issuedAt, expiry);
  }

  static ConsentRecord read(JsonObject json) {
    return new ConsentRecord(
        json.address("alias"),
        json.address("target"),
        json.integer("serial"),
        json.bytes("signature", MAX_SIGNATURE_OCTETS),
        json.time("iat"),
        json.time("exp"));
  }
}
