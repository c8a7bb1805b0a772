package io.keypost.protocol.keyring;

import io.keypost.protocol.Bytes;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * What is made of a code or passphrase: Argon2id (RFC 9106 section 4, second recommendation), then
 * HKDF-SHA-256 (RFC 5869) with the purpose as its info, so that what one purpose gives tells
 * nothing of what another gives.
 */
final class Derivation {
  static final int SALT_OCTETS = 16;

  private static final int PASSES = 3;
  private static final int LANES = 4;
  private static final int MEMORY_KIB = 64 * 1024;
  private static final int EXTRACTED_OCTETS = 32;

  private Derivation() {}

  /**
   * Derives octets.
   *
   * @param secret code or passphrase
   * @param salt {@value #SALT_OCTETS} octets
   * @param info purpose and address
   * @param size how many
   */
  static byte[] derive(Bytes secret, Bytes salt, Bytes info, int size) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withIterations(PASSES)
            .withParallelism(LANES)
            .withMemoryAsKB(MEMORY_KIB)
            .withSalt(salt.toByteArray())
            .build());
    byte[] slow = new byte[EXTRACTED_OCTETS];
    argon2.generateBytes(secret.toByteArray(), slow);
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
    hkdf.init(new HKDFParameters(slow, null, info.toByteArray()));
    byte[] derived = new byte[size];
    hkdf.generateBytes(derived, 0, size);
    return derived;
  }
}
