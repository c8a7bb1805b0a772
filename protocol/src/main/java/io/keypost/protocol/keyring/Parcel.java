package io.keypost.protocol.keyring;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.openpgp.EncryptionSecret;
import io.keypost.protocol.openpgp.Subkey;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.generators.X25519KeyPairGenerator;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * The secret of a new encryption subkey on its way to one device (KP-KEY-24): HPKE (RFC 9180) in
 * base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM; {@code info} is {@code
 * keypost/1/parcel}, a zero octet and the digest of the device's statement, {@code aad} the
 * subkey's fingerprint.
 *
 * <pre>
 *  encapsulated key, 32 octets | ciphertext, 32 octets | tag, 16 octets
 * </pre>
 *
 * <p>Base mode names no sender, and need not: what comes out is believed only if it is the secret
 * of a subkey that the primary key certified.
 *
 * @param key fingerprint of the encryption subkey
 * @param sealed {@value #SIZE_OCTETS} octets
 */
public record Parcel(Bytes key, Bytes sealed) {
  /** Octets of a parcel. */
  public static final int SIZE_OCTETS = 80;

  private static final int FINGERPRINT_OCTETS = 32;
  private static final int ENCAPSULATED_OCTETS = 32;

  /**
   * Checks the sizes.
   *
   * @throws RefusedException {@code malformed_request}
   */
  public Parcel {
    if (key.size() != FINGERPRINT_OCTETS || sealed.size() != SIZE_OCTETS) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "not a parcel");
    }
  }

  /**
   * Seals the newest encryption secret of {@code keys} to a device.
   *
   * @param to verified to be the user's own and not removed
   */
  public static Parcel seal(UserSecretKey keys, DeviceStatement to, SecureRandom random) {
    EncryptionSecret secret = keys.newestEncryptionSecret();
    Bytes key = secret.subkeyOf(keys.certificate()).map(Subkey::fingerprint).orElseThrow();
    X25519KeyPairGenerator generator = new X25519KeyPairGenerator();
    generator.init(new X25519KeyGenerationParameters(random));
    AsymmetricCipherKeyPair ephemeral = generator.generateKeyPair();
    try {
      HPKEContextWithEncapsulation context =
          suite()
              .setupBaseS(
                  new X25519PublicKeyParameters(to.transferKey().toByteArray()),
                  info(to),
                  ephemeral);
      byte[] ciphertext = context.seal(key.toByteArray(), secret.octets().toByteArray());
      return new Parcel(
          key, Bytes.concat(Bytes.copyOf(context.getEncapsulation()), Bytes.copyOf(ciphertext)));
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("sealing verifies nothing", e);
    }
  }

  /**
   * Opens a parcel.
   *
   * @param self the statement of the device that it was sealed to
   * @param certificate verified to be the user's: it must hold the subkey
   * @throws RefusedException {@code secret_key_unusable} when it was sealed to another device, was
   *     altered, or holds the secret of another key
   */
  public EncryptionSecret open(
      TransferKey transfer, DeviceStatement self, UserCertificate certificate) {
    try {
      byte[] opened =
          suite()
              .setupBaseR(
                  sealed.slice(0, ENCAPSULATED_OCTETS).toByteArray(), transfer.pair(), info(self))
              .open(
                  key.toByteArray(), sealed.slice(ENCAPSULATED_OCTETS, SIZE_OCTETS).toByteArray());
      EncryptionSecret secret = new EncryptionSecret(Bytes.copyOf(opened));
      if (secret
          .subkeyOf(certificate)
          .filter(subkey -> subkey.fingerprint().equals(key))
          .isPresent()) {
        return secret;
      }
    } catch (InvalidCipherTextException | RuntimeException e) {
      // The library throws what it likes at hostile octets.
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "a parcel that is not for this device", e);
    }
    throw RefusedException.of(
        RefusalCode.SECRET_KEY_UNUSABLE, "a parcel whose secret is not that of its subkey");
  }

  private static HPKE suite() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  private static byte[] info(DeviceStatement device) {
    return Bytes.concat(Bytes.utf8("keypost/1/parcel\0"), device.digest().octets()).toByteArray();
  }
}
