package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.Features;
import org.bouncycastle.bcpg.sig.PreferredAEADCiphersuites;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;

/** Makes the parts of a certificate, each with the signatures that belong to it. */
final class SelfSignatures {
  private SelfSignatures() {}

  /** Primary key, direct-key signature, user id and its certification. */
  static Bytes primary(Signer signer, Address address) throws PGPException {
    PGPPublicKey key = signer.key().getPublicKey();
    Bytes userId = Bytes.utf8(address.toString());
    return Bytes.concat(
        packet(Packets.TAG_PUBLIC_KEY, body(key)),
        Signer.encoded(
            signer
                .start(PGPSignature.DIRECT_KEY, SelfSignatures::directKeyContents)
                .generateCertification(key)),
        packet(Packets.TAG_USER_ID, userId),
        Signer.encoded(
            signer
                .start(PGPSignature.POSITIVE_CERTIFICATION, s -> s.setPrimaryUserID(false, true))
                .generateCertification(address.toString(), key)));
  }

  private static void directKeyContents(PGPSignatureSubpacketGenerator subpackets) {
    subpackets.setKeyFlags(true, Profile.PRIMARY_FLAGS);
    subpackets.setFeature(
        false, (byte) (Features.FEATURE_MODIFICATION_DETECTION | Features.FEATURE_SEIPD_V2));
    subpackets.setPreferredSymmetricAlgorithms(
        false, new int[] {SymmetricKeyAlgorithmTags.AES_256});
    subpackets.setPreferredHashAlgorithms(
        false, new int[] {HashAlgorithmTags.SHA512, HashAlgorithmTags.SHA256});
    subpackets.setPreferredAEADCiphersuites(
        PreferredAEADCiphersuites.builder(false)
            .addCombination(SymmetricKeyAlgorithmTags.AES_256, AEADAlgorithmTags.OCB));
  }

  /** Subkey and its binding, with the subkey's own consent embedded. */
  static Bytes signingSubkey(Signer primary, PGPKeyPair subkey) throws PGPException {
    PGPPublicKey primaryKey = primary.key().getPublicKey();
    PGPSignature back =
        new Signer(subkey, primary.now())
            .start(PGPSignature.PRIMARYKEY_BINDING, s -> {})
            .generateCertification(primaryKey, subkey.getPublicKey());
    PGPSignature binding =
        primary
            .start(
                PGPSignature.SUBKEY_BINDING,
                s -> {
                  s.setKeyFlags(true, Profile.SIGNING_FLAGS);
                  s.addEmbeddedSignature(true, back);
                })
            .generateCertification(primaryKey, subkey.getPublicKey());
    return Bytes.concat(
        packet(Packets.TAG_PUBLIC_SUBKEY, body(subkey.getPublicKey())), Signer.encoded(binding));
  }

  /** Subkey and its binding. */
  static Bytes encryptionSubkey(Signer primary, PGPKeyPair subkey) throws PGPException {
    PGPSignature binding =
        primary
            .start(PGPSignature.SUBKEY_BINDING, s -> s.setKeyFlags(true, Profile.ENCRYPTION_FLAGS))
            .generateCertification(primary.key().getPublicKey(), subkey.getPublicKey());
    return Bytes.concat(
        packet(Packets.TAG_PUBLIC_SUBKEY, body(subkey.getPublicKey())), Signer.encoded(binding));
  }

  static Bytes subkeyRevocation(Signer primary, PGPPublicKey subkey, RevocationReason reason)
      throws PGPException {
    return Signer.encoded(
        primary
            .start(
                PGPSignature.SUBKEY_REVOCATION, s -> s.setRevocationReason(true, reason.code(), ""))
            .generateCertification(primary.key().getPublicKey(), subkey));
  }

  private static Bytes packet(int tag, Bytes body) {
    return new Packets.Packet(tag, body).encoded();
  }

  private static Bytes body(PGPPublicKey key) {
    try {
      return Bytes.copyOf(key.getPublicKeyPacket().getEncodedContents());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }
}
