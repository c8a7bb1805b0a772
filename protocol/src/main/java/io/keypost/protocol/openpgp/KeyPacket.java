package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.BCPGKey;
import org.bouncycastle.bcpg.Ed25519PublicBCPGKey;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.PublicSubkeyPacket;
import org.bouncycastle.bcpg.X25519PublicBCPGKey;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

/**
 * The body of a version 6 public key or subkey packet (RFC 9580 section 5.5.2.3): {@value
 * #SIZE_OCTETS} octets.
 *
 * <pre>
 *  6 | uint32 created | algorithm | uint32 32 | 32 octets
 * </pre>
 *
 * @param body as it stands in the packet
 * @param fingerprint SHA-256 of 0x9b, the body's length and the body
 * @param algorithm Ed25519 or X25519
 * @param created whole seconds
 */
record KeyPacket(Bytes body, Bytes fingerprint, int algorithm, Instant created) {
  static final int SIZE_OCTETS = 42;
  private static final int KEY_OCTETS = 32;

  static KeyPacket read(Bytes body) throws MalformedPacketException {
    Packets.Cursor cursor = new Packets.Cursor(body);
    if (body.size() != SIZE_OCTETS || cursor.octet() != Profile.VERSION) {
      throw new MalformedPacketException("not a version 6 key of 256 bits");
    }
    Instant created = Instant.ofEpochSecond(cursor.uint32());
    int algorithm = cursor.octet();
    if (algorithm != Profile.SIGNING_ALGORITHM && algorithm != Profile.ENCRYPTION_ALGORITHM) {
      throw new MalformedPacketException("public key algorithm " + algorithm + " is not taken");
    }
    if (cursor.uint32() != KEY_OCTETS) {
      throw new MalformedPacketException("a key length other than 32 octets");
    }
    return new KeyPacket(body, fingerprintOf(body), algorithm, created);
  }

  private static Bytes fingerprintOf(Bytes body) {
    byte[] prefix = {(byte) 0x9b, 0, 0, 0, SIZE_OCTETS};
    return Digest.sha256(Bytes.copyOf(prefix), body).octets();
  }

  /** The library's form of a primary key. */
  PGPPublicKey asPrimary() throws PGPException {
    return new PGPPublicKey(
        new PublicKeyPacket(Profile.VERSION, algorithm, Date.from(created), libraryKey()),
        new BcKeyFingerprintCalculator());
  }

  /** The library's form of a subkey. */
  PGPPublicKey asSubkey() throws PGPException {
    return new PGPPublicKey(
        new PublicSubkeyPacket(Profile.VERSION, algorithm, Date.from(created), libraryKey()),
        new BcKeyFingerprintCalculator());
  }

  /** The key itself, 32 octets. */
  Bytes key() {
    return body.slice(SIZE_OCTETS - KEY_OCTETS, SIZE_OCTETS);
  }

  private BCPGKey libraryKey() {
    byte[] octets = key().toByteArray();
    return algorithm == Profile.SIGNING_ALGORITHM
        ? new Ed25519PublicBCPGKey(octets)
        : new X25519PublicBCPGKey(octets);
  }
}
