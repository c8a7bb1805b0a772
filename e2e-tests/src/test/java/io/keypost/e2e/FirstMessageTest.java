package io.keypost.e2e;

import static io.keypost.e2e.TwoProviders.PATIENCE;
import static io.keypost.e2e.TwoProviders.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.client.FetchedMessage;
import io.keypost.client.KeypostClient;
import io.keypost.client.OutcomeView;
import io.keypost.client.ReadMessage;
import io.keypost.client.ReceiptProof;
import io.keypost.client.SentMessage;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.stack.LocalStack;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A message crosses from one provider to another and is read as it was sent. */
@ExtendWith(TwoProviders.Extension.class)
class FirstMessageTest {
  private static final int ATTACHMENT_OCTETS = 10 * 1024 * 1024;
  private static final long SEED = 20261124;

  @Test
  void readsAtTheOtherProviderOctetForOctetWhatWasSent(TwoProviders providers) {
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient bob = providers.newUser("bob", "beta.test");
    byte[] mime = mime("Grüße aus Zürich – 你好", "<p>Hello <b>Bob</b></p>");

    SentMessage sent = patiently(() -> alice.send(mime, bob.address()));

    assertThat(patiently(() -> bob.read(awaitOne(bob))).mime()).isEqualTo(Bytes.copyOf(mime));
    assertDelivered(alice, sent, "beta.test");
  }

  @Test
  void carriesPicturesAndScriptsBetweenAddressesThatAreNotAscii(TwoProviders providers)
      throws Exception {
    KeypostClient zoe = providers.newUser("ζωή", "alpha.test");
    KeypostClient boris = providers.newUser("борис", "beta.test");
    byte[] letter;
    try (InputStream in = LocalStack.class.getResourceAsStream("demo/letter.eml")) {
      letter = Objects.requireNonNull(in, "the demo's letter").readAllBytes();
    }

    SentMessage sent = patiently(() -> zoe.send(letter, boris.address()));

    ReadMessage read = patiently(() -> boris.read(awaitOne(boris)));
    assertThat(read.mime()).isEqualTo(Bytes.copyOf(letter));
    assertThat(new String(letter, StandardCharsets.US_ASCII)).contains("text/html", "image/");
    assertThat(read.envelope().sender()).isEqualTo(zoe.address());
    assertThat(read.envelope().sender().toString()).startsWith("ζωή-");
    assertDelivered(zoe, sent, "beta.test");
  }

  @Test
  void readsInTheSameProviderWhatWasSent(TwoProviders providers) {
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient dora = providers.newUser("dora", "alpha.test");
    byte[] mime = mime("Next door", "<p>Hi</p>");

    SentMessage sent = patiently(() -> alice.send(mime, dora.address()));

    assertThat(patiently(() -> dora.read(awaitOne(dora))).mime()).isEqualTo(Bytes.copyOf(mime));
    assertDelivered(alice, sent, "alpha.test");
  }

  @Test
  void carriesTenMegabytesOfAttachmentAndAnEmptyBody(TwoProviders providers) {
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient bob = providers.newUser("bob", "beta.test");
    byte[] attachment = new byte[ATTACHMENT_OCTETS];
    new Random(SEED).nextBytes(attachment);
    byte[] large = mime("Large", Base64.getMimeEncoder().encodeToString(attachment));
    byte[] empty = "Subject: nothing\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    patiently(() -> alice.send(large, bob.address()));
    patiently(() -> alice.send(empty, bob.address()));

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(patiently(bob::fetch)).hasSize(2));
    assertThat(bob.fetched().stream().map(message -> patiently(() -> bob.read(message)).mime()))
        .containsExactlyInAnyOrder(Bytes.copyOf(large), Bytes.copyOf(empty));
  }

  @Test
  void reachesATargetByItsAliasWithoutTheAliasDomainCarryingAnyMail(TwoProviders providers)
      throws Exception {
    KeypostClient bob = providers.newUser("bob", "beta.test");
    KeypostClient carol = providers.newUser("carol", "beta.test");
    Address alias = Address.parse("info-" + bob.address().local() + "@alpha.test");
    patiently(
        () -> {
          bob.consent(alias, providers.stack().recoveryCode(bob.address().toString()));
          return alias;
        });
    providers.stack().administration("alpha.test").alias(alias, bob.address());
    byte[] mime = mime("For info", "<p>Is anybody there?</p>");

    SentMessage sent = patiently(() -> carol.send(mime, alias));

    assertThat(sent.recipient()).isEqualTo(bob.address());
    assertThat(sent.addressedAs()).isEqualTo(alias);
    assertThat(patiently(() -> bob.read(awaitOne(bob))).mime()).isEqualTo(Bytes.copyOf(mime));
    assertDelivered(carol, sent, "beta.test");
    assertThat(
            providers.count(
                "alpha.test",
                "SELECT count(*) FROM outcome WHERE recipient = ?",
                bob.address().toString()))
        .as("what alpha.test knows of mail to bob")
        .isZero();
  }

  @Test
  @DisplayName("T36: what an administrator finds on the disks of both providers")
  void leavesNothingOfAMessageReadableAtEitherProvider(TwoProviders providers) throws Exception {
    KeypostClient alice = providers.newUser("alice", "alpha.test");
    KeypostClient bob = providers.newUser("bob", "beta.test");
    String secret = "secret" + new SecureRandom().nextLong(1L << 40, Long.MAX_VALUE);
    byte[] mime = mime(secret, "<p>" + secret + "</p>");

    SentMessage sent = patiently(() -> alice.send(mime, bob.address()));

    assertThat(
            new String(
                patiently(() -> bob.read(awaitOne(bob))).mime().toByteArray(),
                StandardCharsets.UTF_8))
        .contains(secret);
    assertDelivered(alice, sent, "beta.test");
    assertThat(providers.filesHolding(bob.address().toString()))
        .as("the search finds what stands there: the recipient's address")
        .isNotEmpty();
    assertThat(providers.filesHolding(secret)).isEmpty();
  }

  private static FetchedMessage awaitOne(KeypostClient client) {
    await().atMost(PATIENCE).until(() -> patiently(client::fetch).size() == 1);
    return client.fetched().getFirst();
  }

  private static void assertDelivered(KeypostClient sender, SentMessage sent, String operator) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<OutcomeView> outcomes =
                  patiently(() -> sender.outcomes()).stream()
                      .filter(outcome -> outcome.envelopeDigest().equals(sent.envelopeDigest()))
                      .toList();
              assertThat(outcomes).hasSize(1);
              assertThat(outcomes.getFirst().state()).isEqualTo(OutcomeView.State.DELIVERED);
              assertThat(outcomes.getFirst().receipt())
                  .isInstanceOfSatisfying(
                      ReceiptProof.Verified.class,
                      proof -> assertThat(proof.operator()).isEqualTo(MailDomain.parse(operator)));
            });
  }

  private static byte[] mime(String subject, String html) {
    return ("From: somebody else <old@example.org>\r\nTo: you <you@example.org>\r\nSubject: "
            + subject
            + "\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
            + "Content-Transfer-Encoding: 8bit\r\n\r\n"
            + html
            + "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
