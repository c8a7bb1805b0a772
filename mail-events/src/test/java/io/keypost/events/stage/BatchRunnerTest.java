package io.keypost.events.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.events.RetryTopics;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Examples;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.wire.DeadLetter;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BatchRunnerTest {
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final TopicSettings TOPICS =
      new TopicSettings("a.", 3, 1, 1, TopicSettings.Deployment.SINGLE_NODE);

  private final Examples examples =
      new Examples(RandomGeneratorFactory.of("L64X128MixRandom").create(42));
  private final MockProducer<byte[], byte[]> producer = producer(true);
  private final List<StageDecision> settled = new ArrayList<>();

  @Test
  void writesWhatAStageEmitsAndOnlyThenCompletes() throws Exception {
    MockProducer<byte[], byte[]> slow = producer(false);
    AcceptedMail mail = examples.accepted();
    CompletableFuture<Void> batch =
        runner(
                slow,
                incoming ->
                    done(
                        StageDecision.Emit.of(
                            MailEvents.ACCEPTED.outgoing(
                                incoming.event(), incoming.headers().passedOn()))))
            .run(
                List.of(polled(mail, EventHeaders.of("AAAAAAAAAAAAAAAAAAAAAA", Optional.empty()))),
                new InFlight(1))
            .toCompletableFuture();
    assertThat(slow.history()).hasSize(1);
    assertThat(batch).isNotDone();
    slow.completeNext();
    batch.get(5, TimeUnit.SECONDS);
    ProducerRecord<byte[], byte[]> written = slow.history().getFirst();
    assertThat(written.topic()).isEqualTo("a.mail.accepted");
    assertThat(MailEvents.ACCEPTED.decode(written.value())).isEqualTo(mail);
    assertThat(EventHeaders.read(written.headers()).messageId()).contains("AAAAAAAAAAAAAAAAAAAAAA");
    assertThat(settled).hasSize(1);
  }

  @Test
  void putsARecordAsideForAsLongAsATypedRefusalAsksByKpRte2() throws Exception {
    run(
        _ ->
            CompletableFuture.failedFuture(
                RefusedException.retryAfter(
                    RefusalCode.DIRECTORY_UNAVAILABLE, Duration.ofSeconds(30), "away")));
    ProducerRecord<byte[], byte[]> written = producer.history().getFirst();
    EventHeaders headers = EventHeaders.read(written.headers());
    assertThat(written.topic()).isEqualTo("a.mail.accepted.retry-1m");
    assertThat(headers.attempts()).isEqualTo(1);
    assertThat(headers.faults()).isZero();
    assertThat(headers.notBefore()).contains(NOW.plusSeconds(60));
    assertThat(headers.firstFailedAt()).contains(NOW);
    assertThat(headers.why()).contains("directory_unavailable");
  }

  @Test
  void keepsKeyAndValueOfWhatItPutsAside() throws Exception {
    AcceptedMail mail = examples.accepted();
    runner(producer, _ -> done(new StageDecision.Retry(Duration.ZERO, "busy")))
        .run(List.of(polled(mail, EventHeaders.none())), new InFlight(1))
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
    ProducerRecord<byte[], byte[]> written = producer.history().getFirst();
    assertThat(Bytes.copyOf(written.key())).isEqualTo(MailEvents.ACCEPTED.key(mail));
    assertThat(Bytes.copyOf(written.value())).isEqualTo(MailEvents.ACCEPTED.encode(mail));
  }

  @Test
  void triesAgainAfterAnUnexpectedErrorAndGivesUpAfterTheLastTry() throws Exception {
    EventHeaders headers = EventHeaders.none();
    for (int attempt = 1; attempt < StageSettings.DEFAULT_MAX_FAULTS; attempt++) {
      producer.clear();
      run(
          headers,
          _ -> {
            throw new IllegalStateException("a fault of ours");
          });
      headers = EventHeaders.read(producer.history().getFirst().headers());
      assertThat(headers.faults()).isEqualTo(attempt);
      // Due at once for the next round of this test.
      headers =
          new EventHeaders(
              headers.messageId(),
              headers.traceparent(),
              headers.attempts(),
              headers.faults(),
              Optional.empty(),
              headers.firstFailedAt(),
              headers.why());
    }
    producer.clear();
    run(
        headers,
        _ -> {
          throw new IllegalStateException("a fault of ours");
        });
    DeadLetter letter = deadLetter();
    assertThat(letter.getReason()).isEqualTo("stage_failed");
    assertThat(letter.getAttempts()).isEqualTo(StageSettings.DEFAULT_MAX_FAULTS);
    assertThat(letter.getError()).contains("a fault of ours");
    assertThat(letter.getStage()).isEqualTo("verifier");
  }

  @Test
  void sendsPoisonToTheDeadLettersAndTheRestOn() throws Exception {
    AcceptedMail mail = examples.accepted();
    ConsumerRecord<byte[], byte[]> poison =
        polled(new byte[] {1, 2, 3}, EventHeaders.none().write());
    runner(
            producer,
            incoming ->
                done(
                    StageDecision.Emit.of(
                        MailEvents.ACCEPTED.outgoing(incoming.event(), incoming.headers()))))
        .run(List.of(poison, polled(mail, EventHeaders.none())), new InFlight(1))
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
    assertThat(producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactlyInAnyOrder("a.mail.dead-letter", "a.mail.accepted");
    DeadLetter letter = deadLetter();
    assertThat(letter.getReason()).isEqualTo("undecodable");
    assertThat(letter.getTopic()).isEqualTo("a.mail.accepted");
    assertThat(letter.getOffset()).isEqualTo(17);
    assertThat(letter.getValue().toByteArray()).containsExactly(1, 2, 3);
    assertThat(letter.getHeaders(0).getName()).isEqualTo(EventHeaders.VERSION);
  }

  @Test
  void readsNothingOfAnotherSchemaVersion() throws Exception {
    Headers later = new RecordHeaders().add(EventHeaders.VERSION, new byte[] {'2'});
    runner(producer, _ -> done(new StageDecision.Emit(List.of())))
        .run(
            List.of(polled(MailEvents.ACCEPTED.encode(examples.accepted()).toByteArray(), later)),
            new InFlight(1))
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
    assertThat(deadLetter().getReason()).isEqualTo("future_version");
  }

  @Test
  void holdsARecordUntilItIsDue() throws Exception {
    Instant due = NOW.plusMillis(200);
    EventHeaders waiting =
        new EventHeaders(
            Optional.empty(),
            Optional.empty(),
            1,
            0,
            Optional.of(due),
            Optional.of(NOW),
            Optional.empty());
    CompletableFuture<Void> batch =
        runner(producer, _ -> done(new StageDecision.Emit(List.of())))
            .run(List.of(polled(examples.accepted(), waiting)), new InFlight(1))
            .toCompletableFuture();
    assertThat(settled).isEmpty();
    batch.get(5, TimeUnit.SECONDS);
    assertThat(settled).hasSize(1);
  }

  @Test
  void putsARecordAsideWhenItsDecisionTakesTooLong() throws Exception {
    new BatchRunner<>(
            new StageSettings("verifier", RetryTopics.ACCEPTED, Duration.ofMillis(50), 5),
            new EventReader<>(MailEvents.ACCEPTED),
            _ -> new CompletableFuture<>(),
            Runnable::run,
            publisher(producer),
            InstantSource.fixed(NOW),
            (_, decision) -> settled.add(decision))
        .run(List.of(polled(examples.accepted(), EventHeaders.none())), new InFlight(1))
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
    assertThat(producer.history().getFirst().topic()).isEqualTo("a.mail.accepted.retry-10s");
    assertThat(EventHeaders.read(producer.history().getFirst().headers()).why())
        .contains("timeout");
  }

  @Test
  void failsTheBatchWhenTheBrokersDoNotTakeWhatWasDecided() {
    MockProducer<byte[], byte[]> refusing = producer(false);
    CompletableFuture<Void> batch =
        runner(
                refusing,
                incoming ->
                    done(
                        StageDecision.Emit.of(
                            MailEvents.ACCEPTED.outgoing(incoming.event(), incoming.headers()))))
            .run(List.of(polled(examples.accepted(), EventHeaders.none())), new InFlight(1))
            .toCompletableFuture();
    refusing.errorNext(new RecordTooLargeException("too large"));
    assertThatThrownBy(() -> batch.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RecordTooLargeException.class);
    assertThat(settled).isEmpty();
  }

  private void run(Function<IncomingEvent<AcceptedMail>, CompletionStage<StageDecision>> stage)
      throws Exception {
    run(EventHeaders.none(), stage);
  }

  private void run(
      EventHeaders headers,
      Function<IncomingEvent<AcceptedMail>, CompletionStage<StageDecision>> stage)
      throws Exception {
    runner(producer, stage)
        .run(List.of(polled(examples.accepted(), headers)), new InFlight(1))
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("T15: a record that waits for a slow key server holds up no other batch")
  void leavesRoomForTheNextBatchWhileARecordIsUndecided() throws Exception {
    AcceptedMail late = examples.accepted();
    CompletableFuture<StageDecision> slow = new CompletableFuture<>();
    BatchRunner<AcceptedMail> runner =
        runner(
            producer,
            incoming ->
                incoming.event().equals(late)
                    ? slow
                    : done(new StageDecision.Retry(Duration.ZERO, "busy")));
    InFlight two = new InFlight(2);
    CompletableFuture<Void> first =
        runner.run(List.of(polled(late, EventHeaders.none())), two).toCompletableFuture();
    assertThat(two.room().toCompletableFuture()).isDone();

    runner
        .run(List.of(polled(examples.accepted(), EventHeaders.none())), two)
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);

    assertThat(first).isNotDone();
    slow.complete(new StageDecision.Retry(Duration.ZERO, "busy"));
    first.get(5, TimeUnit.SECONDS);
  }

  @Test
  void takesNoOtherBatchWhileAsManyRecordsAreInFlightAsMayBe() throws Exception {
    CompletableFuture<StageDecision> slow = new CompletableFuture<>();
    InFlight one = new InFlight(1);
    CompletableFuture<Void> batch =
        runner(producer, _ -> slow)
            .run(List.of(polled(examples.accepted(), EventHeaders.none())), one)
            .toCompletableFuture();
    CompletableFuture<Void> room = one.room().toCompletableFuture();
    assertThat(room).isNotDone();

    slow.complete(new StageDecision.Retry(Duration.ZERO, "busy"));

    room.get(5, TimeUnit.SECONDS);
    batch.get(5, TimeUnit.SECONDS);
    assertThat(one.room().toCompletableFuture()).isDone();
  }

  private BatchRunner<AcceptedMail> runner(
      MockProducer<byte[], byte[]> to,
      Function<IncomingEvent<AcceptedMail>, CompletionStage<StageDecision>> stage) {
    return new BatchRunner<>(
        StageSettings.of("verifier", RetryTopics.ACCEPTED),
        new EventReader<>(MailEvents.ACCEPTED),
        stage,
        Runnable::run,
        publisher(to),
        InstantSource.fixed(NOW),
        (_, decision) -> settled.add(decision));
  }

  private static EventPublisher publisher(MockProducer<byte[], byte[]> to) {
    return new EventPublisher(to, TOPICS, Runnable::run, EventPublisher.Patience.OUTLAST_AN_OUTAGE);
  }

  private DeadLetter deadLetter() throws Exception {
    return DeadLetter.parseFrom(
        producer.history().stream()
            .filter(written -> written.topic().equals(TOPICS.nameOf(Topics.MAIL_DEAD_LETTER)))
            .findFirst()
            .orElseThrow()
            .value());
  }

  private static CompletionStage<StageDecision> done(StageDecision decision) {
    return CompletableFuture.completedFuture(decision);
  }

  private static ConsumerRecord<byte[], byte[]> polled(AcceptedMail mail, EventHeaders headers) {
    return new ConsumerRecord<>(
        "a.mail.accepted",
        2,
        18,
        NOW.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        16,
        0,
        MailEvents.ACCEPTED.key(mail).toByteArray(),
        MailEvents.ACCEPTED.encode(mail).toByteArray(),
        headers.write(),
        Optional.empty());
  }

  private static ConsumerRecord<byte[], byte[]> polled(byte[] value, Headers headers) {
    return new ConsumerRecord<>(
        "a.mail.accepted",
        2,
        17,
        NOW.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        1,
        3,
        new byte[] {9},
        value,
        headers,
        Optional.empty());
  }

  private static MockProducer<byte[], byte[]> producer(boolean acknowledge) {
    return new MockProducer<>(
        acknowledge, null, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
