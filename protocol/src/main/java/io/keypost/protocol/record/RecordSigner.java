package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.P256;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;

/** Signs records with the key of one certificate. Safe for several threads. */
public final class RecordSigner {
  /** Version of the payloads, their member {@code v}. */
  static final long VERSION = 1;

  private final PrivateKey key;
  private final Digest certificate;
  private final SecureRandom random;

  /**
   * Takes a key and its certificate.
   *
   * @param certificate of the use that signs the kinds to come, see {@link RecordKind#signer()};
   *     whoever verifies refuses another
   * @throws IllegalArgumentException when the two do not belong together
   */
  public RecordSigner(PrivateKey key, X509Certificate certificate, SecureRandom random) {
    if (!P256.matches(key, certificate.getPublicKey())) {
      throw new IllegalArgumentException("the key is not that of the certificate");
    }
    this.key = key;
    this.certificate = CertificateDigests.certificate(certificate);
    this.random = random;
  }

  /**
   * Signs {@code record}.
   *
   * @return the JWS in compact form
   * @throws IllegalArgumentException when it lives longer than its kind may, or is larger
   */
  public String sign(SignedRecord record) {
    RecordKind kind = record.kind();
    RecordTimes.requireLife(record);
    Bytes payload =
        JsonObject.print(
            json -> {
              json.put("v", VERSION);
              write(record, json);
            });
    String jws = Jws.sign(kind, payload, key, certificate, random);
    if (jws.length() > kind.maxCharacters()) {
      throw new IllegalArgumentException(
          kind.typ() + " of " + jws.length() + " characters is too large");
    }
    return jws;
  }

  static void write(SignedRecord record, ObjectNode json) {
    switch (record) {
      case RootStatement statement -> statement.writeTo(json);
      case DomainRecord domain -> domain.writeTo(json);
      case AddressRecord address -> address.writeTo(json);
      case ServersRecord servers -> servers.writeTo(json);
      case RevocationsRecord revocations -> revocations.writeTo(json);
      case ConsentRecord consent -> consent.writeTo(json);
      case ReceiptRecord receipt -> receipt.writeTo(json);
    }
  }
}
