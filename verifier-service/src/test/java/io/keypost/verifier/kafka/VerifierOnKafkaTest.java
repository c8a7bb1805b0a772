package io.keypost.verifier.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.events.Topics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome.ProposedRefusal;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.wire.DeadLetter;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.testsupport.TestTopics;
import io.keypost.testsupport.TestTopics.Found;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The verifier as a service: what happens to its partition, whatever stands in it. */
@QuarkusTest
@QuarkusTestResource(VerifierTestResource.class)
class VerifierOnKafkaTest {
  SendersFixture senders;

  private TestTopics topics;

  @BeforeEach
  void takeTopics() {
    topics = senders.topics();
  }

  private Found<VerifiedMail> awaitVerified(AcceptedMail mail) {
    return topics.await(MailEvents.VERIFIED, verified -> verified.mail().equals(mail.mail()));
  }

  @Test
  @DisplayName("T20: a poison event becomes a dead letter, and the partition goes on")
  void aPoisonEventBecomesADeadLetterAndThePartitionGoesOn() {
    byte[] poison = "no event at all".getBytes(StandardCharsets.UTF_8);
    long offset =
        topics.put(Topics.MAIL_ACCEPTED, new byte[] {1}, poison, EventHeaders.none().write());
    AcceptedMail mail = senders.mail(senders.alice(), senders.alice());
    topics.put(MailEvents.ACCEPTED, mail);

    assertThat(awaitVerified(mail).event().arrival()).isEqualTo(mail.arrival());
    DeadLetter letter = topics.awaitDeadLetter(found -> found.getOffset() == offset);
    assertThat(letter.getStage()).isEqualTo("verifier");
    assertThat(letter.getValue().toByteArray()).isEqualTo(poison);
  }

  @Test
  @DisplayName("T15: a key server that never answers delays the mail of its own domain only")
  void aSlowKeyServerDelaysTheMailOfItsOwnDomainOnly() {
    AtomicBoolean silent = new AtomicBoolean(true);
    senders.slowKeys().misbehave(request -> silent.get());
    AcceptedMail late = senders.mail(senders.sluggish(), senders.sluggish());
    AcceptedMail prompt = senders.mail(senders.alice(), senders.alice());
    topics.put(MailEvents.ACCEPTED, late);
    // Then what comes later is in a later batch.
    await().atMost(TestTopics.PATIENCE).until(() -> !senders.slowKeys().requests().isEmpty());
    topics.put(MailEvents.ACCEPTED, prompt);

    Found<VerifiedMail> verified = awaitVerified(prompt);
    Found<AcceptedMail> aside =
        topics.await(MailEvents.ACCEPTED, Topics.MAIL_ACCEPTED_RETRY_10S, late::equals);
    assertThat(verified.appendedAt())
        .as("verified while the slow one was still waited for")
        .isLessThan(aside.appendedAt());
    silent.set(false);
    assertThat(awaitVerified(late).event().mail()).isEqualTo(late.mail());
  }

  @Test
  @DisplayName("T04: a signature by another key than the sender's is refused as an outcome")
  void aSignatureByAnotherKeyIsProposedForRefusal() {
    UserSecretKey mallory =
        UserSecretKey.generate(
            senders.alice().address(), Instant.now().minusSeconds(60), new SecureRandom());
    AcceptedMail forged = senders.mail(senders.alice(), mallory);
    topics.put(MailEvents.ACCEPTED, forged);

    assertThat(awaitRefusal(forged).code()).isEqualTo(RefusalCode.SENDER_KEY_UNKNOWN);
  }

  @Test
  @DisplayName("T15: a sender whose clock is ahead does not cost a look-up for each envelope")
  void looksUpOnceForWhatWasAcceptedBefore() {
    UserSecretKey mallory =
        UserSecretKey.generate(
            senders.alice().address(), Instant.now().minusSeconds(60), new SecureRandom());
    Duration ahead = Duration.ofMinutes(4);
    AcceptedMail first = senders.mail(senders.alice(), mallory, ahead);
    AcceptedMail second = senders.mail(senders.alice(), mallory, ahead);
    topics.put(MailEvents.ACCEPTED, first);
    assertThat(awaitRefusal(first).code()).isEqualTo(RefusalCode.SENDER_KEY_UNKNOWN);
    long lookUps = senders.lookUps();
    topics.put(MailEvents.ACCEPTED, second);

    assertThat(awaitRefusal(second).code()).isEqualTo(RefusalCode.SENDER_KEY_UNKNOWN);
    assertThat(senders.lookUps()).isEqualTo(lookUps);
  }

  private ProposedRefusal awaitRefusal(AcceptedMail mail) {
    return (ProposedRefusal)
        topics
            .await(
                MailEvents.PROPOSED,
                event ->
                    event instanceof ProposedRefusal refused && refused.mail().equals(mail.mail()))
            .event();
  }
}
