package io.keypost.protocol.keyring;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.UserKeyring;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.KeyPair;
import java.security.SecureRandom;

/**
 * The keyring under its recovery code (KP-KEY-21), and the login key by which the holder of the
 * code fetches and replaces it. Both come from the one code, apart: the key server, which sees the
 * login key at work, learns nothing that opens the blob.
 */
public final class Keyring {
  private static final String LOGIN_SALT = "keypost/1/recovery-login-salt\0";
  private static final String LOGIN_INFO = "keypost/1/recovery-login\0";

  private Keyring() {}

  /**
   * Seals a keyring.
   *
   * @param version one above that of the blob whose place it takes; 1 for the first
   */
  public static SealedSecrets seal(
      UserKeyring keys, long version, RecoveryCode code, SecureRandom random) {
    return SealedSecrets.seal(
        SealedSecrets.Kind.KEYRING, version, keys.address(), code.octets(), keys.encode(), random);
  }

  /**
   * Opens a keyring.
   *
   * @throws RefusedException {@code secret_key_unusable} for another code or address, or when a
   *     single bit was changed
   */
  public static UserKeyring open(SealedSecrets sealed, Address address, RecoveryCode code) {
    if (sealed.kind() != SealedSecrets.Kind.KEYRING) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not a keyring");
    }
    UserKeyring keys = UserKeyring.decode(sealed.open(address, code.octets()));
    if (!keys.address().equals(address)) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "the keyring is that of " + keys.address());
    }
    return keys;
  }

  /**
   * The login key of the code's holder: the same for the same code and address, whoever derives it
   * and whatever stands at the key server.
   */
  public static KeyPair login(RecoveryCode code, Address address) {
    Bytes salt =
        Digest.sha256(Bytes.utf8(LOGIN_SALT + address)).octets().slice(0, Derivation.SALT_OCTETS);
    return P256.derive(
        Bytes.copyOf(
            Derivation.derive(
                code.octets(), salt, Bytes.utf8(LOGIN_INFO + address), P256.DERIVATION_OCTETS)));
  }
}
