package io.keypost.protocol.vectors;

import static io.keypost.protocol.vectors.VectorMaker.NOW;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.RevocationsRecord.Entry;
import io.keypost.protocol.record.RevocationsRecord.Subject;
import io.keypost.protocol.refusal.RefusalCode;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/** A domain that has revoked its receipt certificate and the key of a user. */
final class RevocationVectors {
  private final VectorMaker maker;
  private final VectorDomain gamma;
  private final UserSecretKey dave;

  RevocationVectors(VectorMaker maker, SecureRandom random) {
    this.maker = maker;
    gamma = new VectorDomain("gamma.test", NOW, random);
    dave = UserSecretKey.generate(Address.parse("dave@gamma.test"), NOW, random);
  }

  void write() throws IOException {
    maker.writeDomain(gamma);
    Digest fingerprint = new Digest(dave.certificate().fingerprint());
    List<Entry> entries =
        List.of(
            certificate(1, gamma.receipt),
            new Entry(2, Subject.KEY, fingerprint, NOW, NOW.plus(Duration.ofDays(365))));
    ObjectNode revocations =
        maker.record(
            gamma,
            "revocations",
            "kp-revocations",
            gamma.revocations(entries),
            "what gamma.test has revoked: its receipt certificate and the key of a user");
    ArrayNode certificates = revocations.putArray("certificates");
    certificates.add(CertificateDigests.certificate(gamma.receipt).base64Url());
    revocations.putArray("keys").add(fingerprint.base64Url());
    maker.refused(
        gamma,
        "revocations-of-own-signer.jws",
        "kp-revocations",
        Bytes.utf8(gamma.revocations(List.of(certificate(1, gamma.signing)))),
        RefusalCode.RECORD_UNTRUSTED);
    maker
        .refused(
            gamma,
            "receipt-of-revoked-certificate.jws",
            "kp-receipt",
            Bytes.utf8(gamma.receiptSigner.sign(receipt())),
            RefusalCode.CERTIFICATE_REVOKED)
        .put("revocations", "gamma.test/revocations.jws");
  }

  private ReceiptRecord receipt() {
    return new ReceiptRecord(
        Digest.sha256(Bytes.utf8("an envelope that nobody sent")),
        Bytes.copyOf(new byte[16]),
        Address.parse("alice@alpha.test"),
        dave.address(),
        ReceiptRecord.ReceiptOutcome.DELIVERED,
        null,
        gamma.domain,
        NOW);
  }

  private static Entry certificate(long number, X509Certificate certificate) {
    return new Entry(
        number,
        Subject.CERTIFICATE,
        CertificateDigests.certificate(certificate),
        NOW,
        certificate.getNotAfter().toInstant());
  }
}
