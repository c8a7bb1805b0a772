package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Text encoding of keys, requests and certificates (RFC 7468), without headers. */
final class Pem {
  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String ENCRYPTED_PRIVATE_KEY = "ENCRYPTED PRIVATE KEY";
  static final String PUBLIC_KEY = "PUBLIC KEY";
  static final String CERTIFICATE = "CERTIFICATE";
  static final String CERTIFICATE_REQUEST = "CERTIFICATE REQUEST";

  /** Longest text that is read, in characters: four certificates of the largest size. */
  static final int MAX_CHARACTERS = 64 * 1024;

  private Pem() {}

  static String write(String type, byte[] der) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, der));
    } catch (IOException e) {
      throw new IllegalStateException("a string writer does not fail", e);
    }
    return text.toString();
  }

  /** Reads exactly one object of {@code type}; anything else is refused with {@code code}. */
  static Bytes readOne(String type, String text, RefusalCode code) {
    List<Bytes> all = readAll(type, text, 1, code);
    if (all.size() != 1) {
      throw RefusedException.of(code, "no PEM object " + type);
    }
    return all.getFirst();
  }

  /** Reads up to {@code max} objects, all of {@code type}; anything else is refused. */
  static List<Bytes> readAll(String type, String text, int max, RefusalCode code) {
    if (text.length() > MAX_CHARACTERS) {
      throw RefusedException.of(code, "more than " + MAX_CHARACTERS + " characters of PEM");
    }
    List<Bytes> found = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject next = reader.readPemObject(); next != null; next = reader.readPemObject()) {
        if (!next.getType().equals(type) || !next.getHeaders().isEmpty()) {
          throw RefusedException.of(code, "a PEM object that is not a plain " + type);
        }
        if (found.size() == max) {
          throw RefusedException.of(code, "more than " + max + " PEM objects");
        }
        found.add(Bytes.copyOf(next.getContent()));
      }
    } catch (RefusedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw RefusedException.of(code, "not PEM", e);
    }
    return List.copyOf(found);
  }
}
