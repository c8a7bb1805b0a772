package io.keypost.keyserver.enrolment;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.security.SecureRandom;

/**
 * A code that is good once. 160 random bits: it needs no slow hash where it is stored.
 *
 * @param text what the operator hands on, 27 characters
 */
public record OneTimeCode(String text) {
  /** Longest code that is looked at, in characters. */
  public static final int MAX_CHARACTERS = 64;

  private static final int SIZE_OCTETS = 20;

  /** A new code. It does not begin with a dash: a command would take it for an option. */
  public static OneTimeCode generate(SecureRandom random) {
    byte[] octets = new byte[SIZE_OCTETS];
    String text;
    do {
      random.nextBytes(octets);
      text = Bytes.copyOf(octets).base64Url();
    } while (text.startsWith("-"));
    return new OneTimeCode(text);
  }

  /** What is stored of it. */
  public Digest digest() {
    return Digest.sha256(Bytes.utf8(text));
  }

  /** Never the code. */
  @Override
  public String toString() {
    return "OneTimeCode[secret]";
  }
}
