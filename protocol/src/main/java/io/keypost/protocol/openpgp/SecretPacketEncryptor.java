package io.keypost.protocol.openpgp;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.bcpg.AEADUtils;
import org.bouncycastle.bcpg.PacketTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.bcpg.SymmetricKeyUtils;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.modes.OCBBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.PGPS2KCalculator;
import org.bouncycastle.util.Arrays;

/**
 * Protects the secret of one packet by RFC 9580 section 5.5.3 with S2K usage 253 (AEAD), as Bouncy
 * Castle's own {@code BcAEADSecretKeyEncryptorBuilder} does, which however runs Argon2id twice for
 * each packet and takes no other derivation.
 */
final class SecretPacketEncryptor extends PBESecretKeyEncryptor {
  private static final int NEW_PACKET_FORMAT = 0xC0;
  private static final int TAG_BITS = 128;

  private final PublicKeyPacket key;
  private final byte[] nonce;

  SecretPacketEncryptor(
      PublicKeyPacket key,
      S2K.Argon2Params derivation,
      PGPS2KCalculator calculator,
      SecureRandom random,
      char[] passphrase) {
    super(
        Profile.SYMMETRIC_ALGORITHM,
        Profile.AEAD_ALGORITHM,
        derivation,
        calculator,
        random,
        passphrase);
    this.key = key;
    this.nonce = new byte[AEADUtils.getIVLength(Profile.AEAD_ALGORITHM)];
    random.nextBytes(nonce);
  }

  @Override
  public byte[] encryptKeyData(byte[] ignored, byte[] secret, int offset, int length)
      throws PGPException {
    try {
      byte type =
          (byte)
              (NEW_PACKET_FORMAT
                  | (key.getPacketTag() == PacketTags.PUBLIC_KEY
                      ? PacketTags.SECRET_KEY
                      : PacketTags.SECRET_SUBKEY));
      var cipher = new OCBBlockCipher(AESEngine.newInstance(), AESEngine.newInstance());
      cipher.init(
          true,
          new AEADParameters(new KeyParameter(packetKey(type)), TAG_BITS, nonce, associated(type)));
      byte[] sealed = new byte[cipher.getOutputSize(length)];
      int written = cipher.processBytes(secret, offset, length, sealed, 0);
      cipher.doFinal(sealed, written);
      return sealed;
    } catch (InvalidCipherTextException | IOException e) {
      throw new PGPException("a secret that cannot be sealed", e);
    }
  }

  /** The packet's own key, apart from every other kind of packet and algorithm. */
  private byte[] packetKey(byte type) throws PGPException {
    byte[] info = {type, (byte) key.getVersion(), (byte) encAlgorithm, (byte) aeadAlgorithm};
    var hkdf = new HKDFBytesGenerator(new SHA256Digest());
    hkdf.init(new HKDFParameters(getKey(), null, info));
    byte[] derived = new byte[SymmetricKeyUtils.getKeyLengthInOctets(encAlgorithm)];
    hkdf.generateBytes(derived, 0, derived.length);
    return derived;
  }

  /** The packet's type and its public half, which an attacker cannot exchange then. */
  private byte[] associated(byte type) throws IOException {
    return Arrays.prepend(key.getEncodedContents(), type);
  }

  @Override
  public byte[] getCipherIV() {
    return nonce.clone();
  }
}
