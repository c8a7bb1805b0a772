package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.StrictProtobuf;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;

/**
 * What a user has without any device: the primary key, every encryption secret, newest first, and
 * the certificate that they belong to. Kept only sealed under the recovery code (KP-KEY-21), and in
 * memory while a change is made with it. Immutable.
 */
public final class UserKeyring {
  private final UserCertificate certificate;
  private final PGPKeyPair primary;
  private final List<PGPKeyPair> encryption;

  UserKeyring(UserCertificate certificate, PGPKeyPair primary, List<PGPKeyPair> encryption) {
    this.certificate = certificate;
    this.primary = primary;
    this.encryption = List.copyOf(encryption);
  }

  /** The certificate as it stood when this was sealed. */
  public UserCertificate certificate() {
    return certificate;
  }

  /** Short for {@code certificate().address()}. */
  public Address address() {
    return certificate.address();
  }

  /**
   * Makes the signing subkey of a new device and binds it to the certificate.
   *
   * @param now when; whole seconds are kept
   */
  public UserSecretKey withNewDevice(Instant now, SecureRandom random) {
    try {
      PGPKeyPair signing = SecretKeys.asSubkey(SecretKeys.signingPair(now, random));
      UserCertificate extended =
          UserCertificate.decode(
              Bytes.concat(
                  certificate.encode(),
                  SelfSignatures.signingSubkey(new Signer(primary, now), signing)));
      return new UserSecretKey(extended, primary, signing, encryption);
    } catch (PGPException e) {
      throw new IllegalStateException("keys of fixed algorithms can be made", e);
    }
  }

  /**
   * These secrets together with those of a device that is there already.
   *
   * @throws RefusedException {@code secret_key_unusable} when the device is not of this certificate
   */
  public UserSecretKey withDevice(DeviceKey device) {
    if (certificate.subkey(device.signingFingerprint()).isEmpty()) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE,
          "the keyring's certificate has no signing subkey of this device");
    }
    return new UserSecretKey(certificate, primary, device.signingPair(), encryption);
  }

  /** The secrets in the clear, as {@code keypost.v1.Keyring}: to be sealed at once. */
  public Bytes encode() {
    var wire =
        io.keypost.protocol.openpgp.wire.Keyring.newBuilder()
            .setCertificate(DeviceKey.string(certificate.encode()))
            .setPrimary(DeviceKey.string(SecretKeys.secret(primary)));
    encryption.forEach(pair -> wire.addEncryption(DeviceKey.string(SecretKeys.secret(pair))));
    return Bytes.copyOf(wire.build().toByteArray());
  }

  /**
   * Reads {@link #encode()}.
   *
   * @throws RefusedException {@code secret_key_unusable} when it is not exactly that
   */
  public static UserKeyring decode(Bytes encoded) {
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.openpgp.wire.Keyring.parser(),
            encoded,
            RefusalCode.SECRET_KEY_UNUSABLE);
    StrictProtobuf.requireStrict(wire, encoded, RefusalCode.SECRET_KEY_UNUSABLE);
    UserCertificate certificate = DeviceKey.certificate(wire.getCertificate());
    return new UserKeyring(
        certificate,
        primary(certificate, DeviceKey.bytes(wire.getPrimary())),
        DeviceKey.encryption(certificate, wire.getEncryptionList()));
  }

  private static PGPKeyPair primary(UserCertificate certificate, Bytes secret) {
    try {
      if (SecretKeys.signingPublic(secret).equals(certificate.primaryPacket().key())) {
        return SecretKeys.pair(certificate.primaryPacket(), secret);
      }
    } catch (PGPException | RuntimeException e) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not an Ed25519 secret", e);
    }
    throw RefusedException.of(
        RefusalCode.SECRET_KEY_UNUSABLE, "the primary secret is not the certificate's");
  }

  /** Names the certificate; shows nothing of the secrets. */
  @Override
  public String toString() {
    return "UserKeyring[" + certificate.address() + " " + certificate.fingerprint().hex() + "]";
  }
}
