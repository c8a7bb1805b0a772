package io.keypost.protocol.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.VerifiedDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The kept files of docs/vectors, read through the product's own code. */
public final class Vectors {
  static final Path DIRECTORY = Path.of(System.getProperty("keypost.root"), "docs", "vectors");

  private Vectors() {}

  /** The time at which all of them are good. */
  public static Instant now() {
    return Instant.parse(manifest().get("now").asText());
  }

  /** Every vector's entry in the manifest. */
  static Stream<JsonNode> all() {
    return StreamSupport.stream(manifest().get("vectors").spliterator(), false);
  }

  static JsonNode manifest() {
    try {
      return new ObjectMapper().readTree(DIRECTORY.resolve("manifest.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The octets of one, by its name below docs/vectors. */
  public static Bytes bytes(String file) {
    try {
      return Bytes.copyOf(Files.readAllBytes(DIRECTORY.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The octets of several, each by its name below docs/vectors: seeds for a fuzzer. */
  public static Stream<byte[]> octets(String... files) {
    return Stream.of(files).map(file -> bytes(file).toByteArray());
  }

  static String text(Bytes octets) {
    return new String(octets.toByteArray(), StandardCharsets.UTF_8);
  }

  /** The text of one, by its name below docs/vectors. */
  public static String text(String file) {
    return text(bytes(file));
  }

  public static Pin pin(MailDomain domain) {
    return Pin.parse(text(domain + "/pin.txt"), domain);
  }

  public static X509Certificate certificate(MailDomain domain, CertificateUse use) {
    return CertificateCodec.decode(bytes(domain + "/" + use.path() + ".der"));
  }

  /** What a domain says of itself, verified under its pin. */
  public static VerifiedDomain domain(String name) {
    MailDomain domain = MailDomain.parse(name);
    return RecordVerifier.verifyDomain(
        text(name + "/domain.jws"), pin(domain).root(), domain, now());
  }

  /** The certificate in the record of a mailbox. */
  public static UserCertificate certificateOf(String domain, String local) {
    AddressRecord record =
        RecordVerifier.verifyAddress(
                text(domain + "/" + local + ".jws"),
                domain(domain),
                Address.parseCanonical(local + "@" + domain),
                now())
            .record();
    return UserCertificate.decode(((AddressRecord.Mailbox) record.content()).certificate());
  }

  /** The envelope to bob. */
  public static SignedEnvelope signedEnvelope() {
    return SignedEnvelope.decode(bytes("message/envelope.bin"), bytes("message/signature.pgp"));
  }

  /** A user's secret keys, by the name of their file. */
  public static UserSecretKey secretKey(String file) {
    return UserSecretKey.unprotect(
        bytes(file), manifest().get("passphrase").asText().toCharArray());
  }
}
