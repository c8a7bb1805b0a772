package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Users.BEGIN;
import static io.keypost.protocol.openpgp.Users.RANDOM;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;

/** Makes certificates out of parts, good ones and bad ones. */
final class Forge {
  static final Address MALLORY = Address.parse("mallory@evil.test");

  final PGPKeyPair primary;
  final PGPKeyPair signing;
  final PGPKeyPair encryption;
  final List<Bytes> parts = new ArrayList<>();

  private Forge() throws PGPException {
    primary = SecretKeys.signingPair(BEGIN, RANDOM);
    signing = SecretKeys.asSubkey(SecretKeys.signingPair(BEGIN, RANDOM));
    encryption = SecretKeys.asSubkey(SecretKeys.encryptionPair(BEGIN, RANDOM));
  }

  static Forge begin() throws PGPException {
    return new Forge();
  }

  /** Primary key and user id as they must be. */
  Forge goodPrimary() throws PGPException {
    return add(SelfSignatures.primary(signer(BEGIN), MALLORY));
  }

  Forge goodSubkeys() throws PGPException {
    return add(SelfSignatures.signingSubkey(signer(BEGIN), signing))
        .add(SelfSignatures.encryptionSubkey(signer(BEGIN), encryption));
  }

  Forge add(Bytes... more) {
    parts.addAll(Arrays.asList(more));
    return this;
  }

  Signer signer(Instant now) {
    return new Signer(primary, now);
  }

  Bytes primaryPacket() {
    return packet(Packets.TAG_PUBLIC_KEY, primary.getPublicKey());
  }

  static Bytes packet(int tag, PGPPublicKey key) {
    try {
      return new Packets.Packet(tag, Bytes.copyOf(key.getPublicKeyPacket().getEncodedContents()))
          .encoded();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Bytes userId(String text) {
    return new Packets.Packet(Packets.TAG_USER_ID, Bytes.utf8(text)).encoded();
  }

  /** A direct-key signature with these contents. */
  Bytes directKey(Instant now, Signer.Contents contents) throws PGPException {
    return Signer.encoded(
        signer(now)
            .start(PGPSignature.DIRECT_KEY, contents)
            .generateCertification(primary.getPublicKey()));
  }

  Bytes certification(String text) throws PGPException {
    return Signer.encoded(
        signer(BEGIN)
            .start(PGPSignature.POSITIVE_CERTIFICATION, s -> {})
            .generateCertification(text, primary.getPublicKey()));
  }

  /** A binding of the signing subkey with these contents. */
  Bytes binding(PGPKeyPair subkey, Instant now, Signer.Contents contents) throws PGPException {
    return Signer.encoded(
        signer(now)
            .start(PGPSignature.SUBKEY_BINDING, contents)
            .generateCertification(primary.getPublicKey(), subkey.getPublicKey()));
  }

  PGPSignature backSignature(PGPKeyPair by) throws PGPException {
    return new Signer(by, BEGIN)
        .start(PGPSignature.PRIMARYKEY_BINDING, s -> {})
        .generateCertification(primary.getPublicKey(), signing.getPublicKey());
  }

  /** The signing subkey, bound so that it ends {@code life} after it was made. */
  Forge signingSubkeyThatEndsAfter(Duration life) throws PGPException {
    PGPSignature back = backSignature(signing);
    return add(
        packet(Packets.TAG_PUBLIC_SUBKEY, signing.getPublicKey()),
        binding(
            signing,
            BEGIN,
            s -> {
              s.setKeyFlags(true, Profile.SIGNING_FLAGS);
              s.setKeyExpirationTime(true, life.toSeconds());
              s.addEmbeddedSignature(true, back);
            }));
  }

  Bytes encoded() {
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }

  /** What these parts are as a user, whose secrets the forger has. */
  UserSecretKey user() {
    return new UserSecretKey(
        UserCertificate.decode(encoded()), primary, signing, List.of(encryption));
  }
}
