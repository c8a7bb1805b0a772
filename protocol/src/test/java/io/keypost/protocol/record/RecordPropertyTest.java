package io.keypost.protocol.record;

import static io.keypost.protocol.record.TestDomain.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random records: what is signed reads back equal, and what is altered is refused with a code. */
class RecordPropertyTest {
  private static final int RECORDS = 100;
  private static final int MUTATIONS = 1_000;

  private final TestDomain alpha = new TestDomain("alpha.test");
  private final VerifiedDomain verified = alpha.verified();

  @Test
  void readsBackEveryAddressRecord() {
    SeededRandom.forSeeds(
        RECORDS,
        random -> {
          AddressRecord record = new Records(random).address();
          assertThat(
                  RecordVerifier.verifyAddress(
                          alpha.signer.sign(record), verified, record.address(), NOW)
                      .record())
              .isEqualTo(record);
        });
  }

  @Test
  void readsBackEveryServersRecord() {
    SeededRandom.forSeeds(
        RECORDS,
        random -> {
          ServersRecord record = new Records(random).servers();
          assertThat(
                  RecordVerifier.verifyServers(alpha.signer.sign(record), verified, NOW).record())
              .isEqualTo(record);
        });
  }

  @Test
  void readsBackEveryReceipt() {
    SeededRandom.forSeeds(
        RECORDS,
        random -> {
          ReceiptRecord record = new Records(random).receipt();
          assertThat(
                  RecordVerifier.verifyReceipt(
                          alpha.receiptSigner.sign(record), alpha.receiptChain(), verified, NOW)
                      .record())
              .isEqualTo(record);
        });
  }

  @Test
  void refusesEveryAlteredRecordAndThrowsNothingElse() {
    String good = alpha.signer.sign(alpha.servers());
    SeededRandom.forSeeds(
        MUTATIONS,
        random -> {
          String altered = altered(random, good);
          try {
            assertThat(RecordVerifier.verifyServers(altered, verified, NOW).jws()).isEqualTo(good);
          } catch (RefusedException e) {
            assertThat(e.code().wire()).startsWith("record_");
          }
        });
  }

  @Test
  void refusesEveryAlteredDomainRecordAndThrowsNothingElse() {
    String good = verified.jws();
    SeededRandom.forSeeds(
        MUTATIONS,
        random -> {
          String altered = altered(random, good);
          try {
            assertThat(alpha.verify(altered, NOW).jws()).isEqualTo(good);
          } catch (RefusedException e) {
            assertThat(e.code().wire()).startsWith("record_");
          }
        });
  }

  /**
   * KP-REC-2: signed by the right key, so that what is altered is read: the payload's form, not
   * only its signature, is what refuses.
   */
  @Test
  void refusesOrReadsEveryAlteredPayloadUnderAGoodSignatureAndThrowsNothingElse() {
    byte[] payload =
        Bytes.parseBase64Url(alpha.signer.sign(alpha.servers()).split("\\.")[1]).toByteArray();
    SeededRandom.forSeeds(
        MUTATIONS,
        random -> {
          String jws =
              Jws.sign(
                  RecordKind.SERVERS,
                  Bytes.copyOf(SeededRandom.mutate(random, payload)),
                  alpha.signingKeys.getPrivate(),
                  CertificateDigests.certificate(alpha.signing),
                  TestDomain.RANDOM);
          try {
            assertThat(RecordVerifier.verifyServers(jws, verified, NOW).record().operator())
                .isEqualTo(alpha.domain);
          } catch (RefusedException e) {
            assertThat(e.code().wire())
                .isIn("record_malformed", "record_expired", "record_untrusted", "clock_wrong");
          }
        });
  }

  /** KP-REC-1: what is signed here, another library verifies, and the reverse. */
  @Test
  void anotherLibraryVerifiesAndSignsEveryKindOfRecord() throws Exception {
    Records records = new Records(SeededRandom.generator(1));
    List<SignedRecord> all =
        List.of(
            alpha.statement(),
            alpha.record(),
            records.address(),
            records.servers(),
            alpha.revocations(1),
            alpha.consent(alpha.address("alice"), alpha.address("bob")),
            records.receipt());
    assertThat(all).extracting(SignedRecord::kind).containsExactly(RecordKind.values());
    for (SignedRecord record : all) {
      Signing signing = signing(record.kind());
      JWSObject parsed = JWSObject.parse(signing.signer().sign(record));

      assertThat(parsed.verify(new ECDSAVerifier((ECPublicKey) signing.keys().getPublic())))
          .isTrue();
      assertThat(parsed.getHeader().toJSONObject().keySet())
          .containsExactlyInAnyOrder("alg", "typ", "kid");
      assertThat(parsed.getHeader().getType().getType()).isEqualTo(record.kind().typ());
      assertThat(parsed.getHeader().getKeyID())
          .isEqualTo(CertificateDigests.certificate(signing.certificate()).base64Url());
      assertThat(parsed.getPayload().toJSONObject()).containsEntry("v", 1L);

      JWSObject foreign = new JWSObject(parsed.getHeader(), parsed.getPayload());
      foreign.sign(new ECDSASigner((ECPrivateKey) signing.keys().getPrivate()));
      assertThat(verified(record, foreign.serialize())).isEqualTo(record);
    }
  }

  private record Signing(RecordSigner signer, KeyPair keys, X509Certificate certificate) {}

  private Signing signing(RecordKind kind) {
    return switch (kind.signer()) {
      case ROOT -> new Signing(alpha.rootSigner, alpha.rootKeys, alpha.root);
      case RECEIPT -> new Signing(alpha.receiptSigner, alpha.receiptKeys, alpha.receipt);
      default -> new Signing(alpha.signer, alpha.signingKeys, alpha.signing);
    };
  }

  private SignedRecord verified(SignedRecord record, String jws) {
    return switch (record) {
      case RootStatement statement ->
          RecordVerifier.verifyStatement(jws, alpha.root, alpha.pin(), alpha.domain, NOW).record();
      case DomainRecord domain -> alpha.verify(jws, NOW).record();
      case AddressRecord address ->
          RecordVerifier.verifyAddress(jws, verified, address.address(), NOW).record();
      case ServersRecord servers -> RecordVerifier.verifyServers(jws, verified, NOW).record();
      case RevocationsRecord revocations ->
          RecordVerifier.verifyRevocations(jws, verified, NOW).record();
      case ConsentRecord consent ->
          RecordVerifier.verifyConsent(jws, verified, consent.alias(), consent.target(), NOW)
              .record();
      case ReceiptRecord receipt ->
          RecordVerifier.verifyReceipt(jws, alpha.receiptChain(), verified, NOW).record();
    };
  }

  private static String altered(RandomGenerator random, String good) {
    return new String(
        SeededRandom.mutate(random, good.getBytes(StandardCharsets.ISO_8859_1)),
        StandardCharsets.ISO_8859_1);
  }

  /** Makes records within all their bounds. */
  private final class Records {
    private final RandomGenerator random;

    Records(RandomGenerator random) {
      this.random = random;
    }

    AddressRecord address() {
      Instant issued = NOW.minusSeconds(random.nextInt(3600));
      return new AddressRecord(
          alpha.address("user" + random.nextInt(1000)),
          random.nextLong(TestDomain.GEN + 1),
          random.nextLong(1L << 53),
          issued,
          issued.plus(Duration.ofSeconds(random.nextInt(3601, 86_401))),
          random.nextBoolean() ? digest() : null,
          content(),
          some(5, () -> bytes(1, 200).base64Url()));
    }

    private AddressRecord.Content content() {
      return switch (random.nextInt(4)) {
        case 0 -> new AddressRecord.Mailbox(bytes(1, 2000), domain(), "pool " + random.nextInt(9));
        case 1 -> new AddressRecord.Alias(new Address("b", domain()), bytes(1, 300).base64Url());
        case 2 -> new AddressRecord.Unknown();
        default -> new AddressRecord.Revoked(NOW.minusSeconds(random.nextLong(1L << 30)));
      };
    }

    ServersRecord servers() {
      int pools = random.nextInt(4);
      return new ServersRecord(
          alpha.domain,
          random.nextLong(TestDomain.GEN + 1),
          random.nextLong(1L << 53),
          NOW,
          NOW.plusSeconds(1 + random.nextInt(86_400)),
          IntStream.range(0, pools)
              .mapToObj(i -> new ServersRecord.Pool("pool" + i, some(4, this::server)))
              .toList(),
          some(20, this::digest));
    }

    private ServersRecord.Server server() {
      ServersRecord.ServerState[] states = ServersRecord.ServerState.values();
      return new ServersRecord.Server(
          domain(),
          random.nextInt(1, 65_536),
          random.nextInt(65_536),
          random.nextInt(65_536),
          states[random.nextInt(states.length)],
          random.nextInt(ServersRecord.Server.MAX_LOAD + 1));
    }

    ReceiptRecord receipt() {
      ReceiptRecord.ReceiptOutcome[] outcomes = ReceiptRecord.ReceiptOutcome.values();
      ReceiptRecord.ReceiptOutcome outcome = outcomes[random.nextInt(outcomes.length)];
      String code =
          switch (outcome) {
            case REFUSED -> "recipient_unknown";
            case NEEDS_CLIENT -> "moved";
            case DELIVERED, EXPIRED -> null;
          };
      return new ReceiptRecord(
          digest(),
          bytes(16, 17),
          new Address("s", domain()),
          new Address("r", domain()),
          outcome,
          code,
          alpha.domain,
          NOW.minusSeconds(random.nextInt(100_000)));
    }

    private <T> List<T> some(int most, Supplier<T> maker) {
      return IntStream.range(0, random.nextInt(most + 1)).mapToObj(i -> maker.get()).toList();
    }

    private MailDomain domain() {
      return MailDomain.parse("d" + random.nextInt(1_000_000) + ".test");
    }

    private Digest digest() {
      return Digest.sha256(bytes(0, 40));
    }

    private Bytes bytes(int least, int bound) {
      return SeededRandom.bytes(random, random.nextInt(least, bound));
    }
  }
}
