package io.keypost.protocol.openpgp;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.StrictProtobuf;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;

/**
 * The OpenPGP secrets that a device of one address holds: its signing subkey and the encryption
 * subkeys, newest first, past ones too. With them it sends and reads; it cannot change the
 * certificate, since the primary key is not among them. Immutable. The secrets stay in memory until
 * the object is collected.
 */
public sealed class DeviceKey permits UserSecretKey {
  private final UserCertificate certificate;
  private final PGPKeyPair signing;
  private final List<PGPKeyPair> encryption;

  DeviceKey(UserCertificate certificate, PGPKeyPair signing, List<PGPKeyPair> encryption) {
    this.certificate = certificate;
    this.signing = signing;
    this.encryption = List.copyOf(encryption);
  }

  /** The certificate that goes with these secrets. */
  public UserCertificate certificate() {
    return certificate;
  }

  /** Short for {@code certificate().address()}. */
  public Address address() {
    return certificate.address();
  }

  /** Version 6 fingerprint of this device's signing subkey, which names the device. */
  public Bytes signingFingerprint() {
    return SecretKeys.fingerprint(signing);
  }

  /** Whether the certificate says that this device may still sign. */
  public boolean maySign(Instant now) {
    return certificate
        .subkey(signingFingerprint())
        .filter(subkey -> subkey.life().at(now) == KeyLife.State.VALID)
        .isPresent();
  }

  /** Fingerprints of encryption subkeys of {@code newer} whose secrets are not here. */
  public List<Bytes> lackingFor(UserCertificate newer) {
    return newer.subkeys().stream()
        .filter(Subkey.Encryption.class::isInstance)
        .map(Subkey::fingerprint)
        .filter(fingerprint -> decryptionKey(fingerprint).isEmpty())
        .toList();
  }

  /**
   * The same device under the certificate that stands now.
   *
   * @param newer verified to be the address's
   * @param fetched secrets of its encryption subkeys that were not here, newest first
   * @throws RefusedException {@code user_certificate_invalid} when it does not continue the one
   *     here; {@code secret_key_unusable} when a secret belongs to none of its subkeys
   */
  public DeviceKey update(UserCertificate newer, List<EncryptionSecret> fetched) {
    newer.requireSuccessorOf(certificate);
    List<PGPKeyPair> all = new ArrayList<>(EncryptionSecret.pairs(fetched, newer));
    all.addAll(encryption);
    return new DeviceKey(newer, signing, all);
  }

  /** The secrets in the clear, as {@code keypost.v1.DeviceKey}: to be sealed at once. */
  public Bytes encode() {
    var wire =
        io.keypost.protocol.openpgp.wire.DeviceKey.newBuilder()
            .setCertificate(string(certificate.encode()))
            .setSigning(string(SecretKeys.secret(signing)));
    encryption.forEach(pair -> wire.addEncryption(string(SecretKeys.secret(pair))));
    return Bytes.copyOf(wire.build().toByteArray());
  }

  /**
   * Reads {@link #encode()}.
   *
   * @throws RefusedException {@code secret_key_unusable} when it is not exactly that
   */
  public static DeviceKey decode(Bytes encoded) {
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.openpgp.wire.DeviceKey.parser(),
            encoded,
            RefusalCode.SECRET_KEY_UNUSABLE);
    StrictProtobuf.requireStrict(wire, encoded, RefusalCode.SECRET_KEY_UNUSABLE);
    UserCertificate certificate = certificate(wire.getCertificate());
    return new DeviceKey(
        certificate,
        signing(certificate, bytes(wire.getSigning())),
        encryption(certificate, wire.getEncryptionList()));
  }

  private static PGPKeyPair signing(UserCertificate certificate, Bytes secret) {
    try {
      Bytes shared = SecretKeys.signingPublic(secret);
      for (Subkey subkey : certificate.subkeys()) {
        if (subkey instanceof Subkey.Signing candidate && candidate.packet().key().equals(shared)) {
          return SecretKeys.asSubkey(SecretKeys.pair(candidate.packet(), secret));
        }
      }
    } catch (PGPException | RuntimeException e) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not an Ed25519 secret", e);
    }
    throw RefusedException.of(
        RefusalCode.SECRET_KEY_UNUSABLE, "the certificate has no signing subkey of this secret");
  }

  static UserCertificate certificate(ByteString encoded) {
    try {
      return UserCertificate.decode(bytes(encoded));
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, e.refusal().detail(), e);
    }
  }

  static List<PGPKeyPair> encryption(UserCertificate certificate, List<ByteString> secrets) {
    if (secrets.isEmpty()) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "no encryption secret");
    }
    return EncryptionSecret.pairs(
        secrets.stream().map(DeviceKey::bytes).map(EncryptionSecret::new).toList(), certificate);
  }

  static ByteString string(Bytes octets) {
    return ByteString.copyFrom(octets.asByteBuffer());
  }

  static Bytes bytes(ByteString octets) {
    return Bytes.copyOf(octets.asReadOnlyByteBuffer());
  }

  /** Signs with the device's subkey. */
  Signer signer(Instant now) {
    return new Signer(signing, now);
  }

  /** The secret for an encryption subkey, past ones too. */
  Optional<PGPKeyPair> decryptionKey(Bytes fingerprint) {
    return encryption.stream()
        .filter(k -> SecretKeys.fingerprint(k).equals(fingerprint))
        .findFirst();
  }

  PGPKeyPair signingPair() {
    return signing;
  }

  List<PGPKeyPair> encryptionPairs() {
    return encryption;
  }

  /** Names the certificate; shows nothing of the secrets. */
  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "["
        + certificate.address()
        + " "
        + certificate.fingerprint().hex()
        + "]";
  }
}
