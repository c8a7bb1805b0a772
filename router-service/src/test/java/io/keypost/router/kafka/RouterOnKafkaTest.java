package io.keypost.router.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.events.RetryDelay;
import io.keypost.events.RetryTopics;
import io.keypost.events.Topics;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.ProposedOutcome.ProposedRefusal;
import io.keypost.events.mail.RoutedMailbox;
import io.keypost.events.mail.RoutedTransfer;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.wire.DeadLetter;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.testsupport.TestTopics;
import io.keypost.testsupport.TestTopics.Found;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The router as a service: on which topic mail ends, and what holds its partitions together. */
@QuarkusTest
@QuarkusTestResource(RouterTestResource.class)
class RouterOnKafkaTest {
  RecipientsFixture recipients;

  private TestTopics topics;

  @BeforeEach
  void takeTopics() {
    topics = recipients.topics();
  }

  @Test
  @DisplayName("KP-RTE-6: mail for a mailbox of this operator goes into it, whoever brought it")
  void routesToAMailboxHere() {
    VerifiedMail submitted = recipients.submitted(recipients.bob());
    VerifiedMail transferred = recipients.transferred(recipients.bob());
    EventHeaders headers = submitted.mail().headers(Optional.empty());
    topics.put(MailEvents.VERIFIED, submitted, Topics.MAIL_VERIFIED, headers);
    topics.put(MailEvents.VERIFIED, transferred);

    Found<RoutedMailbox> routed = awaitMailbox(submitted);
    assertThat(routed.event())
        .isEqualTo(
            new RoutedMailbox(
                submitted.mail(),
                submitted.arrival(),
                submitted.verification(),
                recipients.bob().address()));
    assertThat(routed.headers()).isEqualTo(headers);
    assertThat(new String(routed.key(), StandardCharsets.UTF_8))
        .isEqualTo(recipients.bob().address().toString());
    assertThat(awaitMailbox(transferred).event().arrival()).isEqualTo(transferred.arrival());
  }

  @Test
  @DisplayName("KP-RTE-7: mail for a sub-address goes into the mailbox whose record answers for it")
  void routesASubAddressToItsMailbox() {
    Address tagged = recipients.here().address("bob+news");
    VerifiedMail mail = recipients.transferred(recipients.bob(), tagged);
    topics.put(MailEvents.VERIFIED, mail);

    Found<RoutedMailbox> routed = awaitMailbox(mail);
    assertThat(routed.event().mailbox()).isEqualTo(recipients.bob().address());
    assertThat(routed.event().mail().envelope().envelope().recipient()).isEqualTo(tagged);
  }

  @Test
  @DisplayName("T15: a sender whose clock is ahead does not cost a look-up for each envelope")
  void looksUpOnceForWhatWasAcceptedBefore() {
    VerifiedMail first = recipients.submittedUnderAnotherKeyAndAhead(recipients.zoe());
    VerifiedMail second = recipients.submittedUnderAnotherKeyAndAhead(recipients.zoe());
    topics.put(MailEvents.VERIFIED, first);
    assertThat(awaitRefusal(first).code()).isEqualTo(RefusalCode.KEY_CHANGED);
    long lookUps = recipients.lookUpsAtFar();
    topics.put(MailEvents.VERIFIED, second);

    assertThat(awaitRefusal(second).code()).isEqualTo(RefusalCode.KEY_CHANGED);
    assertThat(recipients.lookUpsAtFar()).isEqualTo(lookUps);
  }

  @Test
  @DisplayName("KP-RTE-6: mail for another operator goes to its pool, but only this one's users'")
  void routesToAnotherOperatorWhatUsersSubmitted() {
    VerifiedMail submitted = recipients.submitted(recipients.zoe());
    VerifiedMail relayed = recipients.transferred(recipients.zoe());
    topics.put(MailEvents.VERIFIED, submitted);
    topics.put(MailEvents.VERIFIED, relayed);

    assertThat(awaitTransfer(submitted).event())
        .isEqualTo(
            new RoutedTransfer(
                submitted.mail(),
                submitted.arrival(),
                submitted.verification(),
                recipients.far().domain(),
                "default"));
    assertThat(awaitRefusal(relayed).code()).isEqualTo(RefusalCode.NOT_HOSTED_HERE);
    assertThat(topics.all(MailEvents.ROUTED_TRANSFER))
        .noneMatch(event -> event.mail().equals(relayed.mail()));
  }

  @Test
  @DisplayName("KP-RTE-5: an address that its domain does not know is refused as that")
  void refusesAnUnknownRecipient() {
    VerifiedMail nobody = recipients.submittedTo(recipients.far().address("nobody"));
    topics.put(MailEvents.VERIFIED, nobody);

    ProposedRefusal refusal = awaitRefusal(nobody);

    assertThat(refusal.code()).isEqualTo(RefusalCode.RECIPIENT_UNKNOWN);
    assertThat(refusal.stage()).isEqualTo(ProposedOutcome.Stage.ROUTER);
    assertThat(refusal.arrival()).isEqualTo(nobody.arrival());
  }

  @Test
  @DisplayName("KP-RTE-3: a pointer is looked at again, and anew before its sender hears of it")
  void looksAtThePointerAgain() {
    Address info = recipients.far().address("info");
    recipients.far().alias("info", recipients.bob(), recipients.here());
    VerifiedMail followed = recipients.submitted(recipients.bob(), info);
    topics.put(MailEvents.VERIFIED, followed);
    awaitMailbox(followed);

    recipients.far().alias("info", recipients.zoe(), recipients.far());
    // Refused only after a look at what is kept and a look at what is true now: the router kept
    // that info leads to bob.
    VerifiedMail toTheNewTarget = recipients.submitted(recipients.zoe(), info);
    topics.put(MailEvents.VERIFIED, toTheNewTarget);
    awaitTransfer(toTheNewTarget);
    VerifiedMail toTheOldTarget = recipients.submitted(recipients.bob(), info);
    topics.put(MailEvents.VERIFIED, toTheOldTarget);

    ProposedRefusal refusal = awaitRefusal(toTheOldTarget);
    assertThat(refusal.code()).isEqualTo(RefusalCode.MOVED);
    assertThat(refusal.record()).isNotNull();
    assertThat(payloadOf(refusal.record())).contains(recipients.zoe().address().toString());
  }

  private static String payloadOf(String jws) {
    return new String(
        Base64.getUrlDecoder().decode(jws.split("\\.", -1)[1]), StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("KP-RTE-2, T26: while a directory is away mail waits, and comes back by itself")
  void putsAsideWhatTheDirectoryCannotTellNowAndTakesItUpWhenItIsDue() {
    // Each retry topic is read; before anything stands in them that is due much later.
    for (Topics aside : RetryTopics.VERIFIED.all()) {
      VerifiedMail due = recipients.submitted(recipients.zoe());
      topics.put(MailEvents.VERIFIED, due, aside, triedBefore(1));
      awaitTransfer(due);
    }

    VerifiedMail waiting = recipients.submitted(recipients.stuck());
    topics.put(MailEvents.VERIFIED, waiting);
    VerifiedMail fourth = recipients.submitted(recipients.stuck());
    topics.put(MailEvents.VERIFIED, fourth, Topics.MAIL_VERIFIED, triedBefore(3));
    VerifiedMail seventh = recipients.submitted(recipients.stuck());
    topics.put(MailEvents.VERIFIED, seventh, Topics.MAIL_VERIFIED, triedBefore(6));

    EventHeaders first = awaitAside(Topics.MAIL_VERIFIED_RETRY_10S, waiting);
    assertPutAside(first, 1, RetryDelay.TEN_SECONDS);
    assertPutAside(awaitAside(Topics.MAIL_VERIFIED_RETRY_1M, fourth), 4, RetryDelay.ONE_MINUTE);
    assertPutAside(awaitAside(Topics.MAIL_VERIFIED_RETRY_10M, seventh), 7, RetryDelay.TEN_MINUTES);
    recipients.mend();

    Found<RoutedTransfer> routed = awaitTransfer(waiting);
    assertThat(routed.event().operator()).isEqualTo(recipients.broken().domain());
    assertThat(Instant.ofEpochMilli(routed.appendedAt()))
        .as("not before it is due")
        .isAfterOrEqualTo(first.notBefore().orElseThrow());
    assertThat(routed.headers().attempts()).as("the next stage starts from nothing").isZero();
  }

  @Test
  @DisplayName("T20: a poison event becomes a dead letter, and the partition goes on")
  void aPoisonEventBecomesADeadLetterAndThePartitionGoesOn() {
    byte[] poison = "no event at all".getBytes(StandardCharsets.UTF_8);
    Headers current = EventHeaders.none().write();
    long offset = topics.put(Topics.MAIL_VERIFIED, new byte[] {1}, poison, current);
    Headers future =
        new RecordHeaders().add(EventHeaders.VERSION, "2".getBytes(StandardCharsets.US_ASCII));
    long next = topics.put(Topics.MAIL_VERIFIED, new byte[] {1}, poison, future);
    VerifiedMail behind = recipients.submitted(recipients.bob());
    topics.put(MailEvents.VERIFIED, behind);

    awaitMailbox(behind);
    DeadLetter undecodable = topics.awaitDeadLetter(letter -> letter.getOffset() == offset);
    assertThat(undecodable.getStage()).isEqualTo("router");
    assertThat(undecodable.getReason()).isEqualTo(DeadLetterReason.UNDECODABLE.wire());
    assertThat(undecodable.getTopic()).endsWith(Topics.MAIL_VERIFIED.baseName());
    assertThat(undecodable.getValue().toByteArray()).isEqualTo(poison);
    assertThat(topics.awaitDeadLetter(letter -> letter.getOffset() == next).getReason())
        .isEqualTo(DeadLetterReason.FUTURE_VERSION.wire());
  }

  @Test
  @DisplayName("T22: an offset is committed only when what was decided is written")
  void commitsOffsetsOnlyAfterTheNextStagesWrite() {
    String group = topics.group(recipients.here().domain().value(), "router");
    VerifiedMail held = recipients.submitted(recipients.bob());
    VerifiedMail written = recipients.submitted(recipients.zoe());
    topics.takeAway(Topics.MAIL_ROUTED_MAILBOX);
    long offset;
    try {
      offset = topics.putTogether(MailEvents.VERIFIED, held, written);
      awaitTransfer(written);
      // A commit of another channel after each of two events: this channel had its turn between.
      awaitCommitOnRetryTopic();
      awaitCommitOnRetryTopic();

      assertThat(topics.committed(group, Topics.MAIL_VERIFIED)).isLessThanOrEqualTo(offset);
    } finally {
      topics.bringBack();
    }
    awaitMailbox(held);
    await()
        .atMost(TestTopics.PATIENCE)
        .until(() -> topics.committed(group, Topics.MAIL_VERIFIED) >= offset + 2);
  }

  private void awaitCommitOnRetryTopic() {
    String group = topics.group(recipients.here().domain().value(), "router-retry-10s");
    long offset =
        topics.put(
            MailEvents.VERIFIED,
            recipients.submitted(recipients.zoe()),
            Topics.MAIL_VERIFIED_RETRY_10S,
            triedBefore(1));
    await()
        .atMost(TestTopics.PATIENCE)
        .until(() -> topics.committed(group, Topics.MAIL_VERIFIED_RETRY_10S) > offset);
  }

  /** As if it had been put aside so often, and were due. */
  private static EventHeaders triedBefore(int attempts) {
    Instant earlier = Instant.now().minus(Duration.ofMinutes(1));
    return new EventHeaders(
        Optional.empty(),
        Optional.empty(),
        attempts,
        0,
        Optional.of(earlier),
        Optional.of(earlier),
        Optional.of("unavailable"));
  }

  private static void assertPutAside(EventHeaders headers, int attempts, RetryDelay delay) {
    assertThat(headers.attempts()).isEqualTo(attempts);
    assertThat(headers.why()).contains(RefusalCode.DIRECTORY_UNAVAILABLE.wire());
    assertThat(headers.faults()).isZero();
    assertThat(headers.notBefore().orElseThrow())
        .isAfterOrEqualTo(headers.firstFailedAt().orElseThrow().plus(delay.duration()));
  }

  private EventHeaders awaitAside(Topics topic, VerifiedMail mail) {
    return topics.await(MailEvents.VERIFIED, topic, mail::equals).headers();
  }

  private Found<RoutedMailbox> awaitMailbox(VerifiedMail mail) {
    return topics.await(MailEvents.ROUTED_MAILBOX, event -> event.mail().equals(mail.mail()));
  }

  private Found<RoutedTransfer> awaitTransfer(VerifiedMail mail) {
    return topics.await(MailEvents.ROUTED_TRANSFER, event -> event.mail().equals(mail.mail()));
  }

  private ProposedRefusal awaitRefusal(VerifiedMail mail) {
    return (ProposedRefusal)
        topics
            .await(
                MailEvents.PROPOSED,
                event ->
                    event instanceof ProposedRefusal refusal && refusal.mail().equals(mail.mail()))
            .event();
  }
}
