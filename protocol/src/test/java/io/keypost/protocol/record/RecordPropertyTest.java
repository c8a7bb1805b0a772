package io.keypost.protocol.record;

import static io.keypost.protocol.record.TestDomain.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random records: what is signed reads back equal, and what is altered is refused with a code. */
class RecordPropertyTest {
  private static final int RECORDS = 200;
  private static final int MUTATIONS = 3_000;
  private static final String SPECIAL = "\"\\{}[]:,.-0123eE\u0000é";

  private final TestDomain alpha = new TestDomain("alpha.test");
  private final VerifiedDomain verified = alpha.verified();
  private final long seed = Long.getLong("keypost.seed", System.nanoTime());
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);

  @Test
  void readsBackEveryAddressRecord() {
    for (int i = 0; i < RECORDS; i++) {
      AddressRecord record = addressRecord();
      assertThat(
              RecordVerifier.verifyAddress(
                      alpha.signer.sign(record), verified, record.address(), NOW)
                  .record())
          .as("keypost.seed=%d record %d", seed, i)
          .isEqualTo(record);
    }
  }

  @Test
  void readsBackEveryServersRecord() {
    for (int i = 0; i < RECORDS; i++) {
      ServersRecord record = serversRecord();
      assertThat(RecordVerifier.verifyServers(alpha.signer.sign(record), verified, NOW).record())
          .as("keypost.seed=%d record %d", seed, i)
          .isEqualTo(record);
    }
  }

  @Test
  void readsBackEveryReceipt() {
    for (int i = 0; i < RECORDS; i++) {
      ReceiptRecord record = receipt();
      assertThat(
              RecordVerifier.verifyReceipt(
                      alpha.receiptSigner.sign(record), alpha.receiptChain(), verified, NOW)
                  .record())
          .as("keypost.seed=%d record %d", seed, i)
          .isEqualTo(record);
    }
  }

  @Test
  void refusesEveryAlteredRecordAndThrowsNothingElse() {
    String good = alpha.signer.sign(alpha.servers());
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String altered = alter(good);
      try {
        Verified<ServersRecord> accepted = RecordVerifier.verifyServers(altered, verified, NOW);
        assertThat(accepted.jws()).as("keypost.seed=%d round %d", seed, i).isEqualTo(good);
      } catch (RefusedException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("keypost.seed=" + seed + " round " + i + ": " + altered, e);
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 2);
  }

  @Test
  void refusesEveryAlteredDomainRecordAndThrowsNothingElse() {
    String good = verified.jws();
    for (int i = 0; i < MUTATIONS; i++) {
      String altered = alter(good);
      try {
        assertThat(alpha.verify(altered, NOW).jws())
            .as("keypost.seed=%d round %d", seed, i)
            .isEqualTo(good);
      } catch (RefusedException e) {
        assertThat(e.refusal().detail()).as("keypost.seed=%d round %d", seed, i).isNotEmpty();
      } catch (RuntimeException e) {
        fail("keypost.seed=" + seed + " round " + i + ": " + altered, e);
      }
    }
  }

  /**
   * Signed by the right key, so that what is altered is read: the payload's form, not only its
   * signature, is what refuses.
   */
  @Test
  void refusesOrReadsEveryAlteredPayloadUnderAGoodSignatureAndThrowsNothingElse() {
    String payload =
        new String(payloadOf(alpha.signer.sign(alpha.servers())), StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String altered = alter(payload);
      String jws =
          Jws.sign(
              RecordKind.SERVERS,
              Bytes.utf8(altered),
              alpha.signingKeys.getPrivate(),
              CertificateDigests.certificate(alpha.signing),
              TestDomain.RANDOM);
      try {
        assertThat(RecordVerifier.verifyServers(jws, verified, NOW).record().operator())
            .as("keypost.seed=%d round %d", seed, i)
            .isEqualTo(alpha.domain);
      } catch (RefusedException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("keypost.seed=" + seed + " round " + i + ": " + altered, e);
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 2);
  }

  @Test
  void anotherLibraryVerifiesEveryKindOfRecord() throws Exception {
    Address alice = alpha.address("alice");
    for (SignedRecord record :
        List.of(
            alpha.statement(),
            alpha.record(),
            addressRecord(),
            serversRecord(),
            alpha.consent(alice, alpha.address("bob")),
            receipt())) {
      RecordSigner signer =
          switch (record.kind().signer()) {
            case ROOT -> alpha.rootSigner;
            case RECEIPT -> alpha.receiptSigner;
            default -> alpha.signer;
          };
      var certificate =
          switch (record.kind().signer()) {
            case ROOT -> alpha.root;
            case RECEIPT -> alpha.receipt;
            default -> alpha.signing;
          };
      JWSObject parsed = JWSObject.parse(signer.sign(record));

      assertThat(parsed.verify(new ECDSAVerifier((ECPublicKey) certificate.getPublicKey())))
          .isTrue();
      assertThat(parsed.getHeader().toJSONObject().keySet())
          .containsExactlyInAnyOrder("alg", "typ", "kid");
      assertThat(parsed.getHeader().getType().getType()).isEqualTo(record.kind().typ());
      assertThat(parsed.getHeader().getKeyID())
          .isEqualTo(CertificateDigests.certificate(certificate).base64Url());
      assertThat(parsed.getPayload().toJSONObject()).containsEntry("v", 1L);
    }
  }

  private AddressRecord addressRecord() {
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

  private ServersRecord serversRecord() {
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
        states[random.nextInt(states.length)]);
  }

  private ReceiptRecord receipt() {
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
    byte[] octets = new byte[random.nextInt(least, bound)];
    random.nextBytes(octets);
    return Bytes.copyOf(octets);
  }

  /** One character changed, a part cut out, doubled or moved. */
  private String alter(String good) {
    int at = random.nextInt(good.length());
    int to = Math.min(good.length(), at + random.nextInt(12));
    return switch (random.nextInt(5)) {
      case 0 -> good.substring(0, at) + (char) random.nextInt(128) + good.substring(at + 1);
      case 1 -> good.substring(0, at) + good.substring(to);
      case 2 -> good.substring(0, to) + good.substring(at);
      case 3 -> good.substring(0, at);
      default ->
          good.substring(0, at)
              + SPECIAL.charAt(random.nextInt(SPECIAL.length()))
              + good.substring(at);
    };
  }

  private static byte[] payloadOf(String jws) {
    return Bytes.parseBase64Url(jws.split("\\.")[1]).toByteArray();
  }
}
