package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Instant;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * Detached signatures over context || data: exactly one version 6 binary signature packet by
 * Ed25519 whose hashed subpackets are the creation time and the issuer fingerprint, and which has
 * no unhashed ones. Stateless, safe for any number of threads.
 */
public final class DetachedSignatures {
  /** Largest signature packet in octets; one as the profile has it takes about 160. */
  public static final int MAX_SIZE_OCTETS = 512;

  private static final BcPGPContentVerifierBuilderProvider VERIFIERS =
      new BcPGPContentVerifierBuilderProvider();

  private DetachedSignatures() {}

  /** Signs {@code data} with the device's signing subkey. */
  public static Bytes sign(SignatureContext context, Bytes data, DeviceKey key, Instant now) {
    return key.signer(now).detached(context, data);
  }

  /** Signs {@code data} with the primary key, for what an address says of itself. */
  public static Bytes signWithPrimary(
      SignatureContext context, Bytes data, UserSecretKey key, Instant now) {
    return key.primarySigner(now).detached(context, data);
  }

  /**
   * Verifies a signature by one of the sender's signing subkeys.
   *
   * @param keyFingerprint the subkey that must have made it
   * @param judgedAt the signature must have been made by then, and the subkey be good both when it
   *     signed and then
   * @throws RefusedException {@code signature_malformed}, {@code signature_invalid}, {@code
   *     sender_key_unknown}, {@code sender_key_not_signing}, {@code sender_key_revoked} or {@code
   *     sender_key_expired}
   */
  public static SignatureVerdict verify(
      SignatureContext context,
      Bytes data,
      Bytes signature,
      UserCertificate certificate,
      Bytes keyFingerprint,
      Instant judgedAt) {
    SignatureBody body = read(signature);
    Subkey.Signing subkey = signingSubkey(certificate, keyFingerprint);
    requireIssuer(body, keyFingerprint);
    verify(context, data, body, subkey.key());
    requireGood(subkey.life(), body.created(), judgedAt);
    return new SignatureVerdict(keyFingerprint, body.created());
  }

  /**
   * Verifies a signature by the primary key of {@code certificate}, which must not be revoked or
   * expired.
   *
   * @param judgedAt as in {@link #verify}
   * @throws RefusedException as {@link #verify} does
   */
  public static SignatureVerdict verifyByPrimary(
      SignatureContext context,
      Bytes data,
      Bytes signature,
      UserCertificate certificate,
      Instant judgedAt) {
    SignatureBody body = read(signature);
    requireIssuer(body, certificate.fingerprint());
    verify(context, data, body, certificate.primaryKey());
    requireGood(certificate.life(), body.created(), judgedAt);
    return new SignatureVerdict(certificate.fingerprint(), body.created());
  }

  /** Verifies a signature by a primary key of which there is no more than the key itself. */
  static SignatureVerdict verifyByKey(
      SignatureContext context, Bytes data, Bytes signature, KeyPacket key) {
    SignatureBody body = read(signature);
    requireIssuer(body, key.fingerprint());
    try {
      verify(context, data, body, key.asPrimary());
    } catch (PGPException e) {
      throw RefusedException.of(RefusalCode.SIGNATURE_INVALID, "the key cannot be used", e);
    }
    if (body.created().isBefore(key.created())) {
      throw RefusedException.of(RefusalCode.SIGNATURE_INVALID, "made before its key");
    }
    return new SignatureVerdict(key.fingerprint(), body.created());
  }

  private static SignatureBody read(Bytes signature) {
    if (signature.size() > MAX_SIZE_OCTETS) {
      throw malformed("a signature of " + signature.size() + " octets");
    }
    try {
      SignatureBody body =
          SignatureBody.read(
              Packets.readOne(signature, Packets.TAG_SIGNATURE), Profile.DETACHED_SUBPACKETS);
      if (body.type() != PGPSignature.BINARY_DOCUMENT) {
        throw malformed("signature type " + body.type() + " instead of a binary document's");
      }
      return body;
    } catch (MalformedPacketException e) {
      throw RefusedException.of(RefusalCode.SIGNATURE_MALFORMED, e.detail(), e);
    }
  }

  /** Finds the signing subkey that an envelope names. */
  static Subkey.Signing signingSubkey(UserCertificate certificate, Bytes fingerprint) {
    if (fingerprint.equals(certificate.fingerprint())) {
      throw RefusedException.of(
          RefusalCode.SENDER_KEY_NOT_SIGNING, "the primary key only certifies");
    }
    Subkey subkey =
        certificate
            .subkey(fingerprint)
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.SENDER_KEY_UNKNOWN,
                        "the certificate of "
                            + certificate.address()
                            + " has no subkey "
                            + fingerprint.hex()));
    return switch (subkey) {
      case Subkey.Signing signing -> signing;
      case Subkey.Encryption encryption ->
          throw RefusedException.of(
              RefusalCode.SENDER_KEY_NOT_SIGNING, "the subkey is for encryption");
    };
  }

  private static void requireIssuer(SignatureBody body, Bytes fingerprint) {
    if (!body.issuer().equals(fingerprint)) {
      throw RefusedException.of(RefusalCode.SIGNATURE_INVALID, "made by " + body.issuer().hex());
    }
  }

  private static void verify(
      SignatureContext context, Bytes data, SignatureBody body, PGPPublicKey key) {
    try {
      PGPSignature signature = body.forVerification();
      signature.init(VERIFIERS, key);
      signature.update(context.prefix().toByteArray());
      signature.update(data.toByteArray());
      if (!signature.verify()) {
        throw RefusedException.of(
            RefusalCode.SIGNATURE_INVALID, "not over these octets in this context by this key");
      }
      requireHashStart(context, data, body, signature);
    } catch (RefusedException e) {
      throw e;
    } catch (PGPException | IOException | RuntimeException e) {
      // The library throws what it likes at hostile octets.
      throw RefusedException.of(RefusalCode.SIGNATURE_MALFORMED, "not a signature", e);
    }
  }

  /**
   * Nothing covers the two octets of the hash in the packet. Another value there would give a
   * second signature over the same envelope, and so a second digest of it.
   */
  private static void requireHashStart(
      SignatureContext context, Bytes data, SignatureBody body, PGPSignature signature) {
    MessageDigest hash = Profile.messageDigest(body.hashAlgorithm());
    hash.update(body.salt().asByteBuffer());
    hash.update(context.prefix().asByteBuffer());
    hash.update(data.asByteBuffer());
    hash.update(signature.getSignatureTrailer());
    if (!Bytes.copyOf(hash.digest(), 0, body.hashStart().size()).equals(body.hashStart())) {
      throw malformed("the first octets of the hash are not those of the hash");
    }
  }

  /** The key must have been good when it signed and still be good when that is judged. */
  static void requireGood(KeyLife life, Instant signedAt, Instant judgedAt) {
    if (signedAt.isAfter(judgedAt)) {
      throw RefusedException.of(
          RefusalCode.SIGNATURE_INVALID, "made at " + signedAt + ", which is still to come");
    }
    requireGood(life.at(signedAt), signedAt);
    requireGood(life.at(judgedAt), judgedAt);
  }

  private static void requireGood(KeyLife.State state, Instant time) {
    switch (state) {
      case VALID -> {}
      case NOT_YET_VALID ->
          throw RefusedException.of(
              RefusalCode.SIGNATURE_INVALID, "the key was not bound yet at " + time);
      case EXPIRED ->
          throw RefusedException.of(
              RefusalCode.SENDER_KEY_EXPIRED, "the key was past its life at " + time);
      case REVOKED ->
          throw RefusedException.of(
              RefusalCode.SENDER_KEY_REVOKED, "the key was revoked at " + time);
    }
  }

  private static RefusedException malformed(String detail) {
    return RefusedException.of(RefusalCode.SIGNATURE_MALFORMED, detail);
  }
}
