package io.keypost.protocol.record;

import static io.keypost.protocol.record.TestDomain.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-REC-1, KP-REC-2, T19: whatever is given for a signed record of any kind. */
class RecordFuzzTest {
  private static final TestDomain ALPHA = new TestDomain("alpha.test");
  private static final VerifiedDomain VERIFIED = ALPHA.verified();
  private static final VerifiedDomain KEPT = Vectors.domain("alpha.test");
  private static final Address ALICE = Address.parse("alice@alpha.test");

  static Stream<byte[]> records() {
    return Vectors.octets(
        "alpha.test/root-statement.jws",
        "alpha.test/domain.jws",
        "alpha.test/servers.jws",
        "alpha.test/alice.jws",
        "alpha.test/info.jws",
        "alpha.test/nobody.jws",
        "beta.test/consent.jws",
        "beta.test/receipt-of-delivery.jws",
        "gamma.test/revocations.jws",
        "refused/address-by-other-domain.jws");
  }

  /** What anybody can send: no signature but those of the vectors verifies. */
  @MethodSource("records")
  @FuzzTest
  void compactForm(byte[] octets) throws Exception {
    String jws = new String(octets, StandardCharsets.ISO_8859_1);
    for (RecordKind kind : RecordKind.values()) {
      Hostile.isReadOrRefused(octets.length, () -> verify(jws, kind, KEPT));
    }
  }

  private static SignedRecord verify(String jws, RecordKind kind, VerifiedDomain domain) {
    return switch (kind) {
      case ROOT ->
          RecordVerifier.verifyStatement(
                  jws,
                  domain.rootCertificate(),
                  CertificateDigests.spki(domain.rootCertificate()),
                  domain.domain(),
                  NOW)
              .record();
      case DOMAIN ->
          RecordVerifier.verifyDomain(
                  jws, CertificateDigests.spki(domain.rootCertificate()), domain.domain(), NOW)
              .record();
      case ADDRESS -> RecordVerifier.verifyAddress(jws, domain, ALICE, NOW).record();
      case SERVERS -> RecordVerifier.verifyServers(jws, domain, NOW).record();
      case REVOCATIONS -> RecordVerifier.verifyRevocations(jws, domain, NOW).record();
      case CONSENT -> RecordVerifier.verifyConsent(jws, domain, ALICE, ALICE, NOW).record();
      case RECEIPT -> RecordVerifier.verifyReceipt(jws, ALPHA.receiptChain(), domain, NOW).record();
    };
  }

  static Stream<byte[]> payloads() {
    return records()
        .map(octets -> new String(octets, StandardCharsets.US_ASCII))
        .map(
            jws -> {
              String[] parts = jws.split("\\.");
              String header =
                  new String(
                      Bytes.parseBase64Url(parts[0]).toByteArray(), StandardCharsets.US_ASCII);
              int kind =
                  Arrays.stream(RecordKind.values())
                      .filter(k -> header.contains('"' + k.typ() + '"'))
                      .findFirst()
                      .orElseThrow()
                      .ordinal();
              return Bytes.concat(
                      Bytes.copyOf(new byte[] {(byte) kind}), Bytes.parseBase64Url(parts[1]))
                  .toByteArray();
            });
  }

  /**
   * What a record says, the first octet choosing its kind: read without its signature, and read
   * again the same after it was written anew.
   */
  @MethodSource("payloads")
  @FuzzTest
  void payload(byte[] octets) throws Exception {
    if (octets.length == 0) {
      return;
    }
    RecordKind kind = kind(octets);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          SignedRecord record = read(kind, Bytes.copyOf(octets, 1, octets.length - 1));
          Bytes printed =
              JsonObject.print(
                  json -> {
                    json.put("v", RecordSigner.VERSION);
                    RecordSigner.write(record, json);
                  });
          assertThat(read(kind, printed)).isEqualTo(record);
          if (record instanceof SuccessiveRecord successive) {
            assertThat(successive.withoutRenewal().seq()).isEqualTo(successive.seq());
          }
          if (record instanceof RevocationsRecord revocations) {
            assertThat(revocations.continues(revocations, NOW)).isTrue();
          }
          RecordTimes.requireGood(record, NOW);
        });
  }

  private static SignedRecord read(RecordKind kind, Bytes payload) {
    return new Jws("", Digest.sha256(payload), payload).read(kind, reader(kind));
  }

  private static Function<JsonObject, SignedRecord> reader(RecordKind kind) {
    return switch (kind) {
      case ROOT -> RootStatement::read;
      case DOMAIN -> DomainRecord::read;
      case ADDRESS -> AddressRecord::read;
      case SERVERS -> ServersRecord::read;
      case REVOCATIONS -> RevocationsRecord::read;
      case CONSENT -> ConsentRecord::read;
      case RECEIPT -> ReceiptRecord::read;
    };
  }

  /** What a hostile domain can say: under its own good signature, of the kind that is asked. */
  @MethodSource("payloads")
  @FuzzTest
  void signedPayload(byte[] octets) throws Exception {
    if (octets.length == 0) {
      return;
    }
    RecordKind kind = kind(octets);
    String jws = sign(kind, Bytes.copyOf(octets, 1, octets.length - 1));
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(verify(jws, kind, VERIFIED).kind()).isEqualTo(kind));
  }

  private static String sign(RecordKind kind, Bytes payload) {
    boolean root = kind.signer() == CertificateUse.ROOT;
    boolean receipt = kind.signer() == CertificateUse.RECEIPT;
    return Jws.sign(
        kind,
        payload,
        (root ? ALPHA.rootKeys : receipt ? ALPHA.receiptKeys : ALPHA.signingKeys).getPrivate(),
        CertificateDigests.certificate(root ? ALPHA.root : receipt ? ALPHA.receipt : ALPHA.signing),
        TestDomain.RANDOM);
  }

  private static RecordKind kind(byte[] octets) {
    return RecordKind.values()[(octets[0] & 0xff) % RecordKind.values().length];
  }

  static Stream<byte[]> posts() {
    return Stream.of(
        new ReceiptPost(
                ALPHA.receiptChain(), List.of(Vectors.text("beta.test/receipt-of-delivery.jws")))
            .encode()
            .toByteArray());
  }

  /** KP-RCP-5: the body of a request with receipts. */
  @MethodSource("posts")
  @FuzzTest
  void receiptPost(byte[] octets) throws Exception {
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          ReceiptPost post = ReceiptPost.decode(Bytes.copyOf(octets));
          assertThat(ReceiptPost.decode(post.encode())).isEqualTo(post);
          for (String receipt : post.receipts()) {
            RecordVerifier.verifyReceipt(receipt, post.chain(), KEPT, NOW);
          }
        });
  }
}
