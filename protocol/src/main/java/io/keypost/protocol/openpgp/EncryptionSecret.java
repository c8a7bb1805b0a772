package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;

/**
 * The secret of an encryption subkey, in the clear: for whoever seals it at once, or has just
 * opened it.
 *
 * @param octets X25519, {@value #SIZE_OCTETS} octets
 */
public record EncryptionSecret(Bytes octets) {
  /** RFC 7748 section 5. */
  public static final int SIZE_OCTETS = 32;

  /**
   * Checks the size.
   *
   * @throws RefusedException {@code secret_key_unusable}
   */
  public EncryptionSecret {
    if (octets.size() != SIZE_OCTETS) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE,
          "an encryption secret has " + SIZE_OCTETS + " octets, not " + octets.size());
    }
  }

  static EncryptionSecret of(PGPKeyPair pair) {
    return new EncryptionSecret(SecretKeys.secret(pair));
  }

  /**
   * The subkey of {@code certificate} that this is the secret of: whoever made up the secret cannot
   * have made the certificate.
   */
  public Optional<Subkey.Encryption> subkeyOf(UserCertificate certificate) {
    Bytes shared =
        Bytes.copyOf(
            new X25519PrivateKeyParameters(octets.toByteArray()).generatePublicKey().getEncoded());
    return certificate.subkeys().stream()
        .filter(Subkey.Encryption.class::isInstance)
        .map(Subkey.Encryption.class::cast)
        .filter(subkey -> subkey.packet().key().equals(shared))
        .findFirst();
  }

  /**
   * The pairs of {@code secrets}, in their order.
   *
   * @throws RefusedException {@code secret_key_unusable} when one belongs to no subkey
   */
  static List<PGPKeyPair> pairs(List<EncryptionSecret> secrets, UserCertificate certificate) {
    return secrets.stream().map(secret -> secret.pair(certificate)).toList();
  }

  private PGPKeyPair pair(UserCertificate certificate) {
    Subkey.Encryption subkey =
        subkeyOf(certificate)
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.SECRET_KEY_UNUSABLE,
                        "a secret that belongs to no encryption subkey of "
                            + certificate.address()));
    try {
      return SecretKeys.asSubkey(SecretKeys.pair(subkey.packet(), octets));
    } catch (PGPException e) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not an X25519 secret", e);
    }
  }

  /** Shows nothing of it. */
  @Override
  public String toString() {
    return "EncryptionSecret[secret]";
  }
}
