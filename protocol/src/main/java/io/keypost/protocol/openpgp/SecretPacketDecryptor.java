package io.keypost.protocol.openpgp;

import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.operator.PBESecretKeyDecryptor;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;

/** Bouncy Castle's decryptor of secret key packets, with a derivation of keys that is shared. */
final class SecretPacketDecryptor extends PBESecretKeyDecryptor {
  private final PBESecretKeyDecryptor decryptor;

  SecretPacketDecryptor(char[] passphrase, PGPDigestCalculatorProvider digests) {
    super(passphrase, digests, new DerivedOnce());
    this.decryptor = new BcPBESecretKeyDecryptorBuilder(digests).build(passphrase);
  }

  @Override
  public byte[] recoverKeyData(
      int algorithm, byte[] key, byte[] iv, byte[] data, int offset, int length)
      throws PGPException {
    return decryptor.recoverKeyData(algorithm, key, iv, data, offset, length);
  }

  @Override
  public byte[] recoverKeyData(
      int algorithm,
      int aeadAlgorithm,
      byte[] key,
      byte[] nonce,
      int packetTag,
      int keyVersion,
      byte[] data,
      byte[] publicKey)
      throws PGPException {
    return decryptor.recoverKeyData(
        algorithm, aeadAlgorithm, key, nonce, packetTag, keyVersion, data, publicKey);
  }
}
