package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.bcpg.S2K;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.operator.PGPS2KCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPS2KCalculator;

/**
 * Runs Argon2id once for all packets of a secret key file that have one salt, for one passphrase
 * only. RFC 9580 section 3.7.2.1 allows that: HKDF and a nonce of its own lie between what is
 * derived here and each packet.
 */
final class DerivedOnce implements PGPS2KCalculator {
  private final PGPS2KCalculator argon2 = new BcPGPS2KCalculator();
  private final Map<Bytes, byte[]> made = new HashMap<>();

  @Override
  public int getType() {
    return argon2.getType();
  }

  @Override
  public byte[] makeKey(char[] passphrase, S2K s2k, int keyLength) throws PGPException {
    try {
      Bytes specifier = Bytes.copyOf(s2k.getEncoded());
      byte[] key = made.get(specifier);
      if (key == null) {
        key = argon2.makeKey(passphrase, s2k, keyLength);
        made.put(specifier, key);
      }
      return key.clone();
    } catch (IOException e) {
      throw new PGPException("a string-to-key specifier that cannot be written", e);
    }
  }
}
