package io.keypost.protocol.keyring;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.OCBBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Secrets sealed under a code or passphrase; the layout stands in the package's documentation.
 * Holding one says that header and size are good; only who has the code can tell the rest.
 *
 * <p>The format says every parameter: nothing in a blob from elsewhere makes this machine allocate
 * or compute more than its own blobs do (T39). Key and nonce are both derived with the salt, so a
 * pair of them never seals twice.
 *
 * @param kind what was sealed, and under what
 * @param version 1 to 2^53 - 1; rises by one with each blob that takes another's place
 * @param encoded all of it
 */
public record SealedSecrets(Kind kind, long version, Bytes encoded) {
  /** Largest blob: a certificate of 64 KiB, its secrets and the frame around them. */
  public static final int MAX_SIZE_OCTETS = 80 * 1024;

  /** Largest version: an integer that every JSON reader takes. */
  public static final long MAX_VERSION = (1L << 53) - 1;

  private static final int FORMAT = 1;
  private static final int HEADER_OCTETS = 28;
  private static final int VERSION_OFFSET = 4;
  private static final int SALT_OFFSET = 12;
  private static final int KEY_OCTETS = 32;
  private static final int NONCE_OCTETS = 15;
  private static final int TAG_OCTETS = 16;

  /** What is sealed. */
  public enum Kind {
    /** The keyring, under the recovery code. */
    KEYRING('R', "keyring"),
    /** A device's secrets, under its passphrase. */
    DEVICE('D', "device");

    private final char letter;
    private final String purpose;

    Kind(char letter, String purpose) {
      this.letter = letter;
      this.purpose = purpose;
    }

    private Bytes info(Address address) {
      return Bytes.utf8("keypost/1/" + purpose + "\0" + address);
    }
  }

  /**
   * Reads the header of a blob.
   *
   * @throws RefusedException {@code secret_key_unusable} when it is of another kind or format, too
   *     large or too small
   */
  public static SealedSecrets decode(Bytes encoded, Kind kind) {
    if (encoded.size() > MAX_SIZE_OCTETS || encoded.size() < HEADER_OCTETS + TAG_OCTETS) {
      throw refused("sealed secrets of " + encoded.size() + " octets");
    }
    Bytes start = Bytes.copyOf(new byte[] {'K', 'P', (byte) kind.letter, FORMAT});
    if (!encoded.startsWith(start)) {
      throw refused("not a sealed " + kind.purpose + " of format " + FORMAT);
    }
    long version = encoded.asByteBuffer().getLong(VERSION_OFFSET);
    if (version < 1 || version > MAX_VERSION) {
      throw refused("version " + version);
    }
    return new SealedSecrets(kind, version, encoded);
  }

  static SealedSecrets seal(
      Kind kind, long version, Address address, Bytes secret, Bytes content, SecureRandom random) {
    byte[] salt = new byte[Derivation.SALT_OCTETS];
    random.nextBytes(salt);
    Bytes header =
        Bytes.copyOf(
            ByteBuffer.allocate(HEADER_OCTETS)
                .put(new byte[] {'K', 'P', (byte) kind.letter, FORMAT})
                .putLong(version)
                .put(salt)
                .flip());
    try {
      byte[] sealed = crypt(true, kind, header, address, secret, content);
      return decode(Bytes.concat(header, Bytes.copyOf(sealed)), kind);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("sealing verifies nothing", e);
    }
  }

  /** What was sealed. */
  Bytes open(Address address, Bytes secret) {
    try {
      return Bytes.copyOf(
          crypt(
              false,
              kind,
              encoded.slice(0, HEADER_OCTETS),
              address,
              secret,
              encoded.slice(HEADER_OCTETS, encoded.size())));
    } catch (InvalidCipherTextException e) {
      throw RefusedException.of(
          RefusalCode.SECRET_KEY_UNUSABLE,
          switch (kind) {
            case KEYRING -> "the recovery code is another, or the keyring is damaged";
            case DEVICE -> "the passphrase is another, or the file is damaged";
          },
          e);
    }
  }

  private static byte[] crypt(
      boolean sealing, Kind kind, Bytes header, Address address, Bytes secret, Bytes input)
      throws InvalidCipherTextException {
    byte[] derived =
        Derivation.derive(
            secret,
            header.slice(SALT_OFFSET, HEADER_OCTETS),
            kind.info(address),
            KEY_OCTETS + NONCE_OCTETS);
    OCBBlockCipher cipher = new OCBBlockCipher(AESEngine.newInstance(), AESEngine.newInstance());
    cipher.init(
        sealing,
        new AEADParameters(
            new KeyParameter(derived, 0, KEY_OCTETS),
            TAG_OCTETS * Byte.SIZE,
            Bytes.copyOf(derived, KEY_OCTETS, NONCE_OCTETS).toByteArray(),
            Bytes.concat(header, Bytes.utf8(address.toString())).toByteArray()));
    byte[] output = new byte[cipher.getOutputSize(input.size())];
    int written = cipher.processBytes(input.toByteArray(), 0, input.size(), output, 0);
    cipher.doFinal(output, written);
    return output;
  }

  private static RefusedException refused(String detail) {
    return RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, detail);
  }
}
