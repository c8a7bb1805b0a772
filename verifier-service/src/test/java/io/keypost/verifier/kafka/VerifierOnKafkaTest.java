package io.keypost.verifier.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.events.Topics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.EventCodec;
import io.keypost.events.stage.EventReader;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The verifier as a service: what happens to its partition, whatever stands in it. */
@QuarkusTest
@QuarkusTestResource(VerifierTestResource.class)
class VerifierOnKafkaTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  SendersFixture senders;

  private static <T> Optional<T> read(EventCodec<T> codec, ConsumerRecord<byte[], byte[]> polled) {
    return switch (new EventReader<>(codec).read(polled)) {
      case EventReader.Read.Decoded<T> decoded -> Optional.of(decoded.incoming().event());
      case EventReader.Read.Undecodable<T> undecodable -> Optional.empty();
    };
  }

  private VerifiedMail awaitVerified(AcceptedMail mail) {
    ConsumerRecord<byte[], byte[]> found =
        senders.await(
            Topics.MAIL_VERIFIED,
            PATIENCE,
            polled ->
                read(MailEvents.VERIFIED, polled)
                    .filter(verified -> verified.mail().equals(mail.mail()))
                    .isPresent());
    return read(MailEvents.VERIFIED, found).orElseThrow();
  }

  @Test
  @DisplayName("T20: a poison event becomes a dead letter, and the partition goes on")
  void aPoisonEventBecomesADeadLetterAndThePartitionGoesOn() {
    byte[] poison = "no event at all".getBytes(StandardCharsets.UTF_8);
    senders.accept(poison);
    AcceptedMail mail = senders.mail(senders.alice(), senders.alice());
    senders.accept(mail);

    assertThat(awaitVerified(mail).arrival()).isEqualTo(mail.arrival());
    ConsumerRecord<byte[], byte[]> letter =
        senders.await(
            Topics.MAIL_DEAD_LETTER,
            PATIENCE,
            polled ->
                new String(polled.value(), StandardCharsets.ISO_8859_1)
                    .contains("no event at all"));
    assertThat(new String(letter.value(), StandardCharsets.ISO_8859_1)).contains("verifier");
  }

  @Test
  @DisplayName("T15: a key server that never answers delays the mail of its own domain only")
  void aSlowKeyServerDelaysTheMailOfItsOwnDomainOnly() {
    AtomicBoolean silent = new AtomicBoolean(true);
    senders.slowKeys().misbehave(request -> silent.get());
    AcceptedMail late = senders.mail(senders.sluggish(), senders.sluggish());
    AcceptedMail prompt = senders.mail(senders.alice(), senders.alice());
    senders.accept(late);
    senders.accept(prompt);

    awaitVerified(prompt);
    senders.await(
        Topics.MAIL_ACCEPTED_RETRY_10S,
        PATIENCE,
        polled -> read(MailEvents.ACCEPTED, polled).filter(late::equals).isPresent());
    silent.set(false);
    assertThat(awaitVerified(late).mail()).isEqualTo(late.mail());
  }

  @Test
  @DisplayName("T04: a signature by another key than the sender's is refused as an outcome")
  void aSignatureByAnotherKeyIsProposedForRefusal() {
    UserSecretKey mallory =
        UserSecretKey.generate(
            senders.alice().address(), Instant.now().minusSeconds(60), new SecureRandom());
    AcceptedMail forged = senders.mail(senders.alice(), mallory);
    senders.accept(forged);

    ConsumerRecord<byte[], byte[]> proposed =
        senders.await(
            Topics.MAIL_PROPOSED,
            PATIENCE,
            polled -> refusalOf(polled).filter(r -> r.mail().equals(forged.mail())).isPresent());
    assertThat(refusalOf(proposed).orElseThrow().code()).isEqualTo(RefusalCode.SENDER_KEY_UNKNOWN);
  }

  private static Optional<ProposedOutcome.ProposedRefusal> refusalOf(
      ConsumerRecord<byte[], byte[]> polled) {
    return read(MailEvents.PROPOSED, polled)
        .filter(ProposedOutcome.ProposedRefusal.class::isInstance)
        .map(ProposedOutcome.ProposedRefusal.class::cast);
  }
}
