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
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;

/**
 * The secrets of one device of one address: the primary key, the device's signing subkey, and every
 * encryption subkey, newest first. Immutable: what changes the certificate gives a new object. The
 * secrets stay in memory until the object is collected.
 */
public final class UserSecretKey {
  private final UserCertificate certificate;
  private final PGPKeyPair primary;
  private final PGPKeyPair signing;
  private final List<PGPKeyPair> encryption;

  UserSecretKey(
      UserCertificate certificate,
      PGPKeyPair primary,
      PGPKeyPair signing,
      List<PGPKeyPair> encryption) {
    this.certificate = certificate;
    this.primary = primary;
    this.signing = signing;
    this.encryption = List.copyOf(encryption);
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
    return SecretKeyFile.write(certificate, secrets(), passphrase, random);
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

  /** The certificate that goes with these secrets. */
  public UserCertificate certificate() {
    return certificate;
  }

  /** Short for {@code certificate().address()}. */
  public Address address() {
    return certificate.address();
  }

  /** Version 6 fingerprint of this device's signing subkey. */
  public Bytes signingFingerprint() {
    return SecretKeys.fingerprint(signing);
  }

  /**
   * Revokes this device's signing subkey. The result cannot sign any more; its certificate tells
   * others so.
   *
   * @param now when; whole seconds are kept
   */
  public UserSecretKey revokeSigningSubkey(RevocationReason reason, Instant now) {
    try {
      Bytes revocation =
          SelfSignatures.subkeyRevocation(new Signer(primary, now), signing.getPublicKey(), reason);
      return new UserSecretKey(
          withSignature(signingFingerprint(), revocation), primary, signing, encryption);
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
      PGPKeyPair old = encryption.getFirst();
      Bytes revocation =
          SelfSignatures.subkeyRevocation(signer, old.getPublicKey(), RevocationReason.SUPERSEDED);
      UserCertificate revoked = withSignature(SecretKeys.fingerprint(old), revocation);
      UserCertificate updated =
          UserCertificate.decode(
              Bytes.concat(revoked.encode(), SelfSignatures.encryptionSubkey(signer, fresh)));
      List<PGPKeyPair> all = new ArrayList<>(List.of(fresh));
      all.addAll(encryption);
      return new UserSecretKey(updated, primary, signing, all);
    } catch (PGPException e) {
      throw new IllegalStateException("keys of fixed algorithms can be made", e);
    }
  }

  /** Puts a signature behind the subkey that it is about. */
  private UserCertificate withSignature(Bytes subkeyFingerprint, Bytes signature) {
    try {
      List<Bytes> parts = new ArrayList<>();
      for (Packets.Packet packet :
          Packets.readAll(certificate.encode(), CertificateReader.MAX_PACKETS)) {
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

  /** Signs with the device's subkey. */
  Signer signer(Instant now) {
    return new Signer(signing, now);
  }

  /** Signs with the primary key. */
  Signer primarySigner(Instant now) {
    return new Signer(primary, now);
  }

  /** The secret for an encryption subkey, past ones too. */
  Optional<PGPKeyPair> decryptionKey(Bytes fingerprint) {
    return encryption.stream()
        .filter(k -> SecretKeys.fingerprint(k).equals(fingerprint))
        .findFirst();
  }

  private List<PGPKeyPair> secrets() {
    List<PGPKeyPair> all = new ArrayList<>(List.of(primary, signing));
    all.addAll(encryption);
    return all;
  }

  /** Names the certificate; shows nothing of the secrets. */
  @Override
  public String toString() {
    return "UserSecretKey[" + certificate.address() + " " + certificate.fingerprint().hex() + "]";
  }
}
