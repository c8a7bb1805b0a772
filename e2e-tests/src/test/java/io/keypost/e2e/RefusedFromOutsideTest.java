package io.keypost.e2e;

import static io.keypost.e2e.TwoProviders.PATIENCE;
import static io.keypost.e2e.TwoProviders.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keypost.client.KeypostClient;
import io.keypost.client.OutcomeView;
import io.keypost.client.ReceiptProof;
import io.keypost.client.provider.Submissions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.stack.ServiceName;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a stranger, a dishonest peer and a dishonest user try from outside. What depends on the
 * caller or breaks a form is refused in the answer; all else is accepted and then ends in a signed
 * outcome. Nothing of it reaches a mailbox.
 */
@ExtendWith(TwoProviders.Extension.class)
class RefusedFromOutsideTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TwoProviders providers;
  private KeypostClient alice;
  private KeypostClient bob;
  private URI beta;
  private Accepted acceptedBefore;
  @TempDir private Path directory;

  RefusedFromOutsideTest(TwoProviders providers) {
    this.providers = providers;
  }

  @BeforeEach
  void makeUsers() {
    alice = providers.newUser("alice", "alpha.test");
    bob = providers.newUser("bob", "beta.test");
    acceptedBefore = Accepted.now(providers.stack(), "beta.test");
    beta = onLoopback(providers.provider("beta.test").ingressUri());
  }

  @Test
  @DisplayName("T05: TLS 1.2 is not spoken")
  void refusesTls12() throws Exception {
    try (Stranger old = Stranger.withoutCertificate("TLSv1.2")) {
      assertThatThrownBy(() -> old.post(beta, "/v1/transfers", genuine().frame()))
          .isInstanceOf(SSLException.class);
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T16: a server without a certificate")
  void refusesAPeerWithoutCertificate() throws Exception {
    try (Stranger nobody = Stranger.withoutCertificate("TLSv1.3")) {
      var answer = nobody.post(beta, "/v1/transfers", genuine().frame());

      assertThat(answer.statusCode()).isIn(401, 403);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("\"certificate_missing\"");
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T16: a server whose certificate comes from a root of its own making")
  void refusesAPeerWithACertificateOfItsOwnMaking() throws Exception {
    MailDomain alpha = MailDomain.parse("alpha.test");
    Instant now = Instant.now();
    KeyPair rootKey = P256.generate(RANDOM);
    KeyPair caKey = P256.generate(RANDOM);
    KeyPair key = P256.generate(RANDOM);
    X509Certificate root = CertificateIssuer.root(alpha, rootKey, now, RANDOM);
    X509Certificate ca =
        new CertificateIssuer(root, rootKey.getPrivate(), RANDOM)
            .operationalCa(caKey.getPublic(), now);
    X509Certificate server =
        new CertificateIssuer(ca, caKey.getPrivate(), RANDOM)
            .server(List.of(MailDomain.parse("mx.alpha.test")), key.getPublic(), now);

    try (Stranger selfMade = Stranger.with(key.getPrivate(), List.of(server, ca, root))) {
      var answer = selfMade.post(beta, "/v1/transfers", genuine().frame());

      assertThat(answer.statusCode()).isIn(401, 403);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("\"certificate_untrusted\"");
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T17: a server of another operator than the sender's domain names")
  void refusesAnOperatorThatTheSendersDomainDoesNotName() throws Exception {
    Path ofBeta = providers.provider("beta.test").identityDirectory(ServiceName.DELIVERY);
    try (Stranger other = Stranger.as(ofBeta)) {
      assertAnswered(other.transfer(beta, genuine().frame()), RefusalCode.OPERATOR_NOT_NAMED);
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T03: a payload that was altered in transit")
  void refusesAnAlteredPayload() throws Exception {
    try (Stranger alpha = alphasServer()) {
      assertAnswered(
          alpha.transfer(beta, genuine().withAlteredPayload().frame()),
          RefusalCode.DIGEST_MISMATCH);
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T05: a payload that is not encrypted")
  void refusesAPayloadThatIsNotEncrypted() throws Exception {
    Sealing genuine = genuine();
    byte[] plain = new byte[genuine.payload().size()];
    java.util.Arrays.fill(plain, (byte) 'x');
    try (Stranger alpha = alphasServer()) {
      assertAnswered(
          alpha.transfer(beta, new Sealing(genuine.head(), Bytes.copyOf(plain)).frame()),
          RefusalCode.PAYLOAD_MALFORMED);
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T19: a head that is not strictly encoded")
  void refusesAMalformedHead() throws Exception {
    try (Stranger alpha = alphasServer()) {
      var answer =
          alpha.post(beta, "/v1/transfers", Bytes.copyOf(new byte[] {4, 8, 1, 8, 1, 0, 0}));

      assertThat(answer.statusCode()).isEqualTo(400);
      assertStopped(answer, RefusalCode.MALFORMED_HEAD);
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName(
      "T19: a head and a payload beyond the limits, refused by the size that they announce")
  void refusesWhatIsBeyondTheLimits() throws Exception {
    try (Stranger alpha = alphasServer()) {
      // The varint of 256 KiB and one octet: the head itself is never sent.
      assertStopped(
          alpha.post(
              beta, "/v1/transfers", Bytes.copyOf(new byte[] {(byte) 0x81, (byte) 0x80, 16})),
          RefusalCode.HEAD_TOO_LARGE);
      assertStopped(
          alpha.post(beta, "/v1/transfers", genuine().announcing(1L << 40).frame()),
          RefusalCode.PAYLOAD_TOO_LARGE);
    }
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T33: somebody else's name on a submission")
  void refusesASenderThatIsNotTheTokensSubject() throws Exception {
    KeypostClient carol = providers.newUser("carol", "alpha.test");

    assertThat(submit(carol, genuine())).containsExactly(RefusalCode.SENDER_NOT_TOKEN);
    assertNothingReferenced();
  }

  @Test
  @DisplayName("T03: an envelope that was altered after it was signed")
  void endsAnAlteredEnvelopeWithASignedRefusal() throws Exception {
    Sealing altered = genuine().withAlteredEnvelope();

    assertThat(submit(alice, altered)).isEmpty();
    assertRefused(altered, RefusalCode.SIGNATURE_INVALID);
    assertNothingForBob();
  }

  @Test
  void findsTheEventOfWhatIsTaken() throws Exception {
    assertThat(submit(alice, genuine())).isEmpty();
    await().atMost(PATIENCE).until(() -> patiently(bob::fetch).size() == 1);

    assertThat(acceptedBefore.sinceThenWith(bob.address().toString()))
        .as("the search that finds nothing of what was refused")
        .isPositive();
  }

  @Test
  @DisplayName(
      "T03: a peer that alters an envelope: the receiver's signed refusal names the reason")
  void endsAnEnvelopeThatAPeerAlteredWithTheReceiversRefusal() throws Exception {
    Sealing altered = genuine().withAlteredEnvelope();
    try (Stranger alpha = alphasServer()) {
      Answer answer = alpha.transfer(beta, altered.frame());

      assertThat(answer.stopped()).isNull();
      assertThat(answer.statuses()).containsExactly(new Status.Accepted());
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        providers.count(
                            "beta.test",
                            "SELECT count(*) FROM outcome WHERE recipient = ? AND code = ? AND"
                                + " receipt IS NOT NULL",
                            bob.address().toString(),
                            RefusalCode.SIGNATURE_INVALID.wire()))
                    .isEqualTo(1));
    assertNothingForBob();
  }

  @Test
  @DisplayName("T04: another user's key under the sender's name")
  void endsAnotherUsersKeyWithASignedRefusal() throws Exception {
    KeypostClient carol = providers.newUser("carol", "alpha.test");
    Sealing forged =
        Sealing.of(carol.deviceKey(), bob.certificate(), "forged")
            .signedInstead(
                alice.address(), carol.deviceKey().signingFingerprint(), carol.deviceKey());

    assertThat(submit(alice, forged)).isEmpty();
    assertRefused(forged, RefusalCode.SENDER_KEY_UNKNOWN);
    assertNothingForBob();
  }

  @Test
  @DisplayName("T04: a key that was revoked before it signed")
  void endsARevokedKeyWithASignedRefusal() throws Exception {
    KeypostClient dave = providers.newUser("dave", "alpha.test");
    String address = dave.address().toString();
    DeviceKey stolen = dave.deviceKey();
    try (KeypostClient phone = providers.stack().addDevice(address, "phone")) {
      patiently(
          () -> {
            phone
                .keys()
                .remove(
                    stolen.signingFingerprint(),
                    RevocationReason.COMPROMISED,
                    providers.stack().recoveryCode(address));
            return phone;
          });
      Sealing stale = Sealing.of(stolen, bob.certificate(), "revoked");

      assertThat(submit(phone, stale)).isEmpty();
      assertRefused(phone, stale, RefusalCode.SENDER_KEY_REVOKED);
    }
    assertNothingForBob();
  }

  @Test
  void endsAnUnknownRecipientWithASignedRefusal() throws Exception {
    Address nobody = Address.parse("nobody-" + bob.address());
    UserSecretKey madeUp = UserSecretKey.generate(nobody, Instant.now(), RANDOM);
    Sealing lost = Sealing.of(alice.deviceKey(), madeUp.certificate(), "anybody?");

    assertThat(submit(alice, lost)).isEmpty();
    assertRefused(lost, RefusalCode.RECIPIENT_UNKNOWN);
  }

  @Test
  @DisplayName("T02: the same sealed message again, and another one under its id")
  void keepsOneCopyAndOneOutcomeOfAReplayedMessage() throws Exception {
    Sealing message = genuine();
    assertThat(submit(alice, message)).isEmpty();
    await().atMost(PATIENCE).until(() -> patiently(bob::fetch).size() == 1);

    assertThat(submit(alice, message)).isEmpty();
    try (Stranger alpha = alphasServer()) {
      assertThat(alpha.transfer(beta, message.frame()).statuses())
          .containsExactly(new Status.Accepted());
    }
    // What comes after both replays has passed every stage behind them.
    Sealing last = genuine();
    assertThat(submit(alice, last)).isEmpty();
    await().atMost(PATIENCE).until(() -> patiently(bob::fetch).size() >= 2);

    assertThat(patiently(bob::fetch)).hasSize(2);
    assertThat(
            providers.count(
                "beta.test",
                "SELECT count(*) FROM outcome WHERE recipient = ? AND envelope_digest = ?",
                bob.address().toString(),
                message.envelope().envelopeDigest().octets().toByteArray()))
        .isEqualTo(1);
  }

  private Sealing genuine() {
    return Sealing.of(alice.deviceKey(), bob.certificate(), "hello");
  }

  private Stranger alphasServer() throws Exception {
    return Stranger.as(providers.provider("alpha.test").identityDirectory(ServiceName.DELIVERY));
  }

  /** Submits, and answers the codes of what was refused. */
  private List<RefusalCode> submit(KeypostClient client, Sealing message) throws Exception {
    Path payload = Files.write(directory.resolve("payload"), message.payload().toByteArray());
    return patiently(() -> new Submissions(client.provider()).post(message.head(), payload))
        .stream()
        .filter(Status.Refused.class::isInstance)
        .map(status -> ((Status.Refused) status).refusal().code())
        .toList();
  }

  private void assertRefused(Sealing message, RefusalCode code) {
    assertRefused(alice, message, code);
  }

  private static void assertRefused(KeypostClient sender, Sealing message, RefusalCode code) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<OutcomeView> outcomes =
                  patiently(() -> sender.outcomes(List.of(message.sent())));
              assertThat(outcomes).hasSize(1);
              assertThat(outcomes.getFirst().state()).isEqualTo(OutcomeView.State.REFUSED);
              assertThat(outcomes.getFirst().code()).contains(code.wire());
              assertThat(outcomes.getFirst().receipt()).isInstanceOf(ReceiptProof.Verified.class);
            });
  }

  private static void assertAnswered(Answer answer, RefusalCode code) {
    assertThat(answer.statuses())
        .singleElement()
        .isInstanceOfSatisfying(
            Status.Refused.class, refused -> assertThat(refused.refusal().code()).isEqualTo(code));
  }

  private static void assertStopped(HttpResponse<byte[]> answer, RefusalCode code) {
    assertThat(Answer.decode(Bytes.copyOf(answer.body())).stopped())
        .extracting(Refusal::code)
        .isEqualTo(code);
  }

  private void assertNothingForBob() {
    assertThat(patiently(bob::fetch)).isEmpty();
  }

  /** What was refused in the answer has left nothing behind: no event, no row, nothing to read. */
  private void assertNothingReferenced() throws Exception {
    assertThat(acceptedBefore.sinceThenWith(bob.address().toString()))
        .as("events on mail.accepted that name bob")
        .isZero();
    for (String column : List.of("mail.mailbox", "outcome.recipient", "transfer.recipient")) {
      assertThat(
              providers.count(
                  "beta.test",
                  "SELECT count(*) FROM "
                      + column.substring(0, column.indexOf('.'))
                      + " WHERE "
                      + column
                      + " = ?",
                  bob.address().toString()))
          .as("rows with bob in " + column)
          .isZero();
    }
    assertNothingForBob();
  }

  /** The server's port, without a look-up of its name, which the JDK's client could not do here. */
  private static URI onLoopback(URI server) {
    return URI.create("https://127.0.0.1:" + server.getPort());
  }
}
