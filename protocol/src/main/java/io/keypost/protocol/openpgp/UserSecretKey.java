package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;

/**
 * All secrets of an address in the hands of one device: what the device holds, and the primary key
 * with which the certificate is changed. It exists only in memory, while the user's recovery code
 * is at hand; {@link #device()} is what the device keeps, {@link #keyring()} what is sealed under
 * the code. Immutable: what changes the certificate gives a new object.
 */
public final class UserSecretKey extends DeviceKey {
  private final PGPKeyPair primary;

  UserSecretKey(
      UserCertificate certificate,
      PGPKeyPair primary,
      PGPKeyPair signing,
      List<PGPKeyPair> encryption) {
    super(certificate, signing, encryption);
    this.primary = primary;
  }

  /**
   * Makes keys and certificate for an address.
   *
   * @param now when; whole seconds are kept
   */
  public static UserSecretKey generate(Address address, Instant now, SecureRandom random) {
    try {
      PGPKeyPair primary = SecretKeys.signingPair(now, random);
      PGPKeyPair signing = SecretKeys.asSubkey(SecretKeys.signingPair(now, random));
      PGPKeyPair encryption = SecretKeys.asSubkey(SecretKeys.encryptionPair(now, random));
      Signer signer = new Signer(primary, now);
      Bytes certificate =
          Bytes.concat(
              SelfSignatures.primary(signer, address),
              SelfSignatures.signingSubkey(signer, signing),
              SelfSignatures.encryptionSubkey(signer, encryption));
      return new UserSecretKey(
          UserCertificate.decode(certificate), primary, signing, List.of(encryption));
    } catch (PGPException e) {
      throw new IllegalStateException("keys of fixed algorithms can be made", e);
    }
  }

  /**
   * Writes all secrets as an OpenPGP transferable secret key, each sealed with AES-256 in OCB mode
   * under a key that Argon2id derives from the passphrase (RFC 9580 section 3.7.1.4).
   *
   * @param passphrase at least one character; not kept
   */
  public Bytes protect(char[] passphrase, SecureRandom random) {
    return SecretKeyFile.write(certificate(), secrets(), passphrase, random);
  }

  /**
   * Reads what {@link #protect} wrote.
   *
   * @throws RefusedException {@code secret_key_unusable} when it is damaged, asks for more memory
   *     or time than {@link #protect} does, or the passphrase is another
   */
  public static UserSecretKey unprotect(Bytes file, char[] passphrase) {
    try {
      return SecretKeyFile.read(file, passphrase);
    } catch (MalformedPacketException e) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, e.detail(), e);
    } catch (PGPException | IOException | RuntimeException e) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE, "the passphrase is another, or the file is damaged", e);
    }
  }

  /** What the device keeps: all but the primary key. */
  public DeviceKey device() {
    return new DeviceKey(certificate(), signingPair(), encryptionPairs());
  }

  /** What is sealed under the recovery code: all but the device's signing subkey. */
  public UserKeyring keyring() {
    return new UserKeyring(certificate(), primary, encryptionPairs());
  }

  /** The secret of the newest encryption subkey: for the other devices. */
  public EncryptionSecret newestEncryptionSecret() {
    return EncryptionSecret.of(encryptionPairs().getFirst());
  }

  /**
   * Revokes this device's signing subkey. The result cannot sign any more; its certificate tells
   * others so.
   *
   * @param now when; whole seconds are kept
   */
  public UserSecretKey revokeSigningSubkey(RevocationReason reason, Instant now) {
    return revokeSigningSubkey(signingFingerprint(), reason, now);
  }

  /**
   * Revokes the signing subkey of a device.
   *
   * @param fingerprint the subkey
   * @param now when; whole seconds are kept
   * @throws RefusedException {@code not_found} when the certificate has no such signing subkey
   */
  public UserSecretKey revokeSigningSubkey(
      Bytes fingerprint, RevocationReason reason, Instant now) {
    Subkey.Signing subkey =
        certificate()
            .subkey(fingerprint)
            .filter(Subkey.Signing.class::isInstance)
            .map(Subkey.Signing.class::cast)
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.NOT_FOUND, "there is no signing subkey " + fingerprint.hex()));
    try {
      Bytes revocation =
          SelfSignatures.subkeyRevocation(new Signer(primary, now), subkey.key(), reason);
      return new UserSecretKey(
          withSignature(fingerprint, revocation), primary, signingPair(), encryptionPairs());
    } catch (PGPException e) {
      throw new IllegalStateException("an Ed25519 key that was made or read here signs", e);
    }
  }

  /**
   * Makes a new current encryption subkey and revokes the one before as superseded; its secret is
   * kept for reading.
   *
   * @param now when; whole seconds are kept
   */
  public UserSecretKey rotateEncryptionSubkey(Instant now, SecureRandom random) {
    try {
      Signer signer = new Signer(primary, now);
      PGPKeyPair fresh = SecretKeys.asSubkey(SecretKeys.encryptionPair(now, random));
      PGPKeyPair old = encryptionPairs().getFirst();
      Bytes revocation =
          SelfSignatures.subkeyRevocation(signer, old.getPublicKey(), RevocationReason.SUPERSEDED);
      UserCertificate revoked = withSignature(SecretKeys.fingerprint(old), revocation);
      UserCertificate updated =
          UserCertificate.decode(
              Bytes.concat(revoked.encode(), SelfSignatures.encryptionSubkey(signer, fresh)));
      List<PGPKeyPair> all = new ArrayList<>(List.of(fresh));
      all.addAll(encryptionPairs());
      return new UserSecretKey(updated, primary, signingPair(), all);
    } catch (PGPException e) {
      throw new IllegalStateException("keys of fixed algorithms can be made", e);
    }
  }

  /** Puts a signature behind the subkey that it is about. */
  private UserCertificate withSignature(Bytes subkeyFingerprint, Bytes signature) {
    try {
      List<Bytes> parts = new ArrayList<>();
      for (Packets.Packet packet :
          Packets.readAll(certificate().encode(), CertificateReader.MAX_PACKETS)) {
        parts.add(packet.encoded());
        if (packet.tag() == Packets.TAG_PUBLIC_SUBKEY
            && KeyPacket.read(packet.body()).fingerprint().equals(subkeyFingerprint)) {
          parts.add(signature);
        }
      }
      return UserCertificate.decode(Bytes.concat(parts.toArray(Bytes[]::new)));
    } catch (MalformedPacketException e) {
      throw new IllegalStateException("a certificate that was decoded is well formed", e);
    }
  }

  /** Signs with the primary key. */
  Signer primarySigner(Instant now) {
    return new Signer(primary, now);
  }

  private List<PGPKeyPair> secrets() {
    List<PGPKeyPair> all = new ArrayList<>(List.of(primary, signingPair()));
    all.addAll(encryptionPairs());
    return all;
  }
}
