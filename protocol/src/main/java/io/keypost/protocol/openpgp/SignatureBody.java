package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;

/**
 * The body of a version 6 signature packet by Ed25519 (RFC 9580 section 5.2.3), read octet for
 * octet.
 *
 * <pre>
 *  6 | type | 27 | hash | uint32 n | n octets hashed subpackets | uint32 0 | 2 octets of the hash | salt size | salt | 64 octets
 * </pre>
 *
 * @param type signature type id
 * @param hashAlgorithm one that the profile takes, with the salt size that belongs to it
 * @param subpackets the hashed ones; unhashed ones are refused, for nobody signed them
 * @param hashStart the first two octets of the hash, a hint that the signature does not cover
 * @param packet the whole packet
 */
record SignatureBody(
    int type,
    int hashAlgorithm,
    List<Subpacket> subpackets,
    Bytes hashStart,
    Bytes salt,
    Packets.Packet packet) {
  private static final int SIGNATURE_OCTETS = 64;
  private static final int CRITICAL_BIT = 0x80;

  /** One hashed subpacket. */
  record Subpacket(int type, Bytes body) {}

  /**
   * Reads a signature packet.
   *
   * @param allowed subpacket types; any other is refused, critical or not, and each but the
   *     intended recipient may occur once
   */
  static SignatureBody read(Packets.Packet packet, Set<Integer> allowed)
      throws MalformedPacketException {
    Packets.Cursor cursor = new Packets.Cursor(packet.body());
    if (packet.tag() != Packets.TAG_SIGNATURE || cursor.octet() != Profile.VERSION) {
      throw new MalformedPacketException("not a version 6 signature");
    }
    int type = cursor.octet();
    if (cursor.octet() != Profile.SIGNING_ALGORITHM) {
      throw new MalformedPacketException("not an Ed25519 signature");
    }
    int hashAlgorithm = cursor.octet();
    int saltOctets = Profile.saltOctets(hashAlgorithm);
    if (saltOctets < 0) {
      throw new MalformedPacketException("hash algorithm " + hashAlgorithm + " is not taken");
    }
    List<Subpacket> subpackets = readSubpackets(cursor.take(cursor.uint32()), allowed);
    if (cursor.uint32() != 0) {
      throw new MalformedPacketException("unhashed subpackets");
    }
    Bytes hashStart = cursor.take(2);
    if (cursor.octet() != saltOctets) {
      throw new MalformedPacketException("a salt size that does not belong to the hash");
    }
    Bytes salt = cursor.take(saltOctets);
    cursor.take(SIGNATURE_OCTETS);
    if (!cursor.atEnd()) {
      throw new MalformedPacketException("octets after the signature");
    }
    SignatureBody body =
        new SignatureBody(type, hashAlgorithm, subpackets, hashStart, salt, packet);
    body.requireTimeAndIssuer();
    return body;
  }

  private static List<Subpacket> readSubpackets(Bytes area, Set<Integer> allowed)
      throws MalformedPacketException {
    Packets.Cursor cursor = new Packets.Cursor(area);
    List<Subpacket> subpackets = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    while (!cursor.atEnd()) {
      Packets.Cursor inner = new Packets.Cursor(cursor.take(cursor.subpacketLength()));
      int type = inner.octet() & ~CRITICAL_BIT;
      if (!allowed.contains(type)) {
        throw new MalformedPacketException("subpacket " + type + " is not taken here");
      }
      if (!seen.add(type) && type != SignatureSubpacketTags.INTENDED_RECIPIENT_FINGERPRINT) {
        throw new MalformedPacketException("subpacket " + type + " occurs twice");
      }
      subpackets.add(new Subpacket(type, inner.rest()));
    }
    return List.copyOf(subpackets);
  }

  private void requireTimeAndIssuer() throws MalformedPacketException {
    if (find(SignatureSubpacketTags.CREATION_TIME).filter(time -> time.size() == 4).isEmpty()) {
      throw new MalformedPacketException("no hashed creation time");
    }
    if (find(SignatureSubpacketTags.ISSUER_FINGERPRINT)
        .filter(SignatureBody::isFingerprint)
        .isEmpty()) {
      throw new MalformedPacketException("no hashed version 6 issuer fingerprint");
    }
    for (Subpacket subpacket : subpackets) {
      if (subpacket.type() == SignatureSubpacketTags.INTENDED_RECIPIENT_FINGERPRINT
          && !isFingerprint(subpacket.body())) {
        throw new MalformedPacketException(
            "an intended recipient that is not a version 6 fingerprint");
      }
    }
  }

  private static boolean isFingerprint(Bytes body) {
    return body.size() == 1 + Profile.FINGERPRINT_OCTETS && body.at(0) == Profile.VERSION;
  }

  /** The body of the subpacket of this type, when there is one. */
  Optional<Bytes> find(int subpacketType) {
    return subpackets.stream()
        .filter(s -> s.type() == subpacketType)
        .map(Subpacket::body)
        .findFirst();
  }

  /** When the signature says that it was made; whole seconds. */
  Instant created() {
    return Instant.ofEpochSecond(uint32(find(SignatureSubpacketTags.CREATION_TIME).orElseThrow()));
  }

  /** Fingerprint of the key that the signature says it was made by. */
  Bytes issuer() {
    Bytes body = find(SignatureSubpacketTags.ISSUER_FINGERPRINT).orElseThrow();
    return body.slice(1, body.size());
  }

  /** Fingerprints of the certificates whose holders the signer meant to read it. */
  List<Bytes> intendedRecipients() {
    return subpackets.stream()
        .filter(s -> s.type() == SignatureSubpacketTags.INTENDED_RECIPIENT_FINGERPRINT)
        .map(s -> s.body().slice(1, s.body().size()))
        .toList();
  }

  /** The library's form of it, for one verification: such an object has state. */
  PGPSignature forVerification() throws IOException, PGPException {
    return new PGPSignature(new BCPGInputStream(packet.encoded().asInputStream()));
  }

  /** Four octets, most significant first. */
  static long uint32(Bytes octets) {
    return (long) octets.at(0) << 24 | octets.at(1) << 16 | octets.at(2) << 8 | octets.at(3);
  }
}
