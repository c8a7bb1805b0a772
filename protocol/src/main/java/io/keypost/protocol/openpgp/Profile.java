package io.keypost.protocol.openpgp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;

/**
 * The part of OpenPGP that Keypost speaks. One algorithm for each purpose, so that there is nothing
 * to downgrade to; a new one comes with a new protocol version.
 */
final class Profile {
  static final int VERSION = 6;
  static final int FINGERPRINT_OCTETS = 32;

  static final int SIGNING_ALGORITHM = PublicKeyAlgorithmTags.Ed25519;
  static final int ENCRYPTION_ALGORITHM = PublicKeyAlgorithmTags.X25519;
  static final int SYMMETRIC_ALGORITHM = SymmetricKeyAlgorithmTags.AES_256;
  static final int AEAD_ALGORITHM = AEADAlgorithmTags.OCB;

  /** Signatures are made with this hash; {@link #saltOctets} says which others are taken. */
  static final int HASH_ALGORITHM = HashAlgorithmTags.SHA512;

  static final int PRIMARY_FLAGS = KeyFlags.CERTIFY_OTHER;
  static final int SIGNING_FLAGS = KeyFlags.SIGN_DATA;
  static final int ENCRYPTION_FLAGS = KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE;

  /** What a detached signature must hold, and all that it may hold. */
  static final Set<Integer> DETACHED_SUBPACKETS =
      Set.of(SignatureSubpacketTags.CREATION_TIME, SignatureSubpacketTags.ISSUER_FINGERPRINT);

  /** What the signature inside an encrypted message may hold. */
  static final Set<Integer> INNER_SUBPACKETS =
      Set.of(
          SignatureSubpacketTags.CREATION_TIME,
          SignatureSubpacketTags.ISSUER_FINGERPRINT,
          SignatureSubpacketTags.INTENDED_RECIPIENT_FINGERPRINT);

  /**
   * What the signatures of a certificate may hold. No notations, no trust, no regular expressions,
   * no designated revokers, no signatures that end by themselves: none is needed here, and each has
   * been a way around a check somewhere (T39).
   */
  static final Set<Integer> CERTIFICATE_SUBPACKETS =
      Set.of(
          SignatureSubpacketTags.CREATION_TIME,
          SignatureSubpacketTags.ISSUER_FINGERPRINT,
          SignatureSubpacketTags.KEY_FLAGS,
          SignatureSubpacketTags.KEY_EXPIRE_TIME,
          SignatureSubpacketTags.FEATURES,
          SignatureSubpacketTags.PREFERRED_SYM_ALGS,
          SignatureSubpacketTags.PREFERRED_HASH_ALGS,
          SignatureSubpacketTags.PREFERRED_COMP_ALGS,
          SignatureSubpacketTags.PREFERRED_AEAD_ALGORITHMS,
          SignatureSubpacketTags.PRIMARY_USER_ID,
          SignatureSubpacketTags.REVOCATION_REASON,
          SignatureSubpacketTags.EMBEDDED_SIGNATURE);

  private Profile() {}

  /**
   * Octets of salt that belong to a hash (RFC 9580 section 9.5), or -1 for a hash that is not
   * taken.
   */
  static int saltOctets(int hashAlgorithm) {
    return switch (hashAlgorithm) {
      case HashAlgorithmTags.SHA256 -> 16;
      case HashAlgorithmTags.SHA384 -> 24;
      case HashAlgorithmTags.SHA512 -> 32;
      default -> -1;
    };
  }

  /** A digest for a hash that {@link #saltOctets} takes. */
  static MessageDigest messageDigest(int hashAlgorithm) {
    String name =
        switch (hashAlgorithm) {
          case HashAlgorithmTags.SHA256 -> "SHA-256";
          case HashAlgorithmTags.SHA384 -> "SHA-384";
          case HashAlgorithmTags.SHA512 -> "SHA-512";
          default -> throw new IllegalArgumentException("hash algorithm " + hashAlgorithm);
        };
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has the SHA-2 family", e);
    }
  }
}
