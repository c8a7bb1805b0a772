package io.keypost.protocol.keyring;

import io.keypost.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/**
 * The English word list of BIP-39, in alphabetical order; source and licence stand beside the
 * resource. Another list would turn every code that was written down into another code, so its
 * digest is part of the protocol.
 */
final class RecoveryWords {
  /** SHA-256 of the list, as published. */
  static final String SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda";

  private static final String RESOURCE = "recovery-words.txt";
  private static final List<String> WORDS = load();

  private RecoveryWords() {}

  private static List<String> load() {
    try (InputStream in = RecoveryWords.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not beside this class");
      }
      byte[] octets = in.readAllBytes();
      if (!Digest.sha256(octets).hex().equals(SHA256)) {
        throw new IllegalStateException(RESOURCE + " is another list");
      }
      return new String(octets, StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The word with this number, 0 to 2047. */
  static String at(int number) {
    return WORDS.get(number);
  }

  /** The word's number, or a negative one. */
  static int indexOf(String word) {
    return Collections.binarySearch(WORDS, word);
  }
}
