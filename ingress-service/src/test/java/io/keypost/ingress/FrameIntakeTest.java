package io.keypost.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.peer.PeerVerifier;
import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.directory.testing.TestDirectory;
import io.keypost.directory.testing.TestDomain;
import io.keypost.events.TopicSettings;
import io.keypost.events.stage.EventPublisher;
import io.keypost.ingress.http.Messages;
import io.keypost.payloads.PayloadRange;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.PayloadWriter;
import io.keypost.payloads.SegmentContents;
import io.keypost.payloads.segment.SegmentFileStore;
import io.keypost.payloads.segment.SegmentSettings;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One request of frames whose sender, directory and store do as the test says. */
class FrameIntakeTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InstantSource CLOCK = InstantSource.system();
  private static final int MAX_PAYLOAD_OCTETS = 20_000;

  @TempDir Path directoryOfSegments;

  private final TestDomain beta = new TestDomain("beta.test", CLOCK, RANDOM);
  private final TestDirectory directory = new TestDirectory(CLOCK).with(beta);
  private final UserSecretKey bob =
      UserSecretKey.generate(beta.address("bob"), Instant.now(), RANDOM);
  private final UserSecretKey carol =
      UserSecretKey.generate(beta.address("carol"), Instant.now(), RANDOM);
  private final Caller peer =
      new Caller.Peer(
          new VerifiedPeer(
              beta.domain(),
              Digest.sha256(Bytes.utf8("certificate")),
              Instant.now().plus(Duration.ofMinutes(5))));
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  private PayloadStore oneWriter;

  @BeforeEach
  void open() {
    oneWriter =
        new SegmentFileStore(
            new SegmentSettings(
                directoryOfSegments, 1 << 20, Duration.ofHours(1), 1 << 16, 1 << 20, 1),
            CLOCK,
            RANDOM);
  }

  @AfterEach
  void close() {
    oneWriter.close();
  }

  /** T37: a stream that is reset at the right moment must cost no place for ever. */
  @Test
  void aSenderWhoGoesWhileHisRightIsLookedUpLeavesTheWritersBudgetWhole() throws Exception {
    CompletableFuture<Void> lookUp = new CompletableFuture<>();
    directory.fetchAfter(lookUp);
    FrameIntake intake = intake(oneWriter, peer);
    CompletionStage<Void> fed = intake.feed(buffer(message(1000).frame()));
    assertThat(fed.toCompletableFuture()).isNotDone();

    intake.abort();
    lookUp.complete(null);

    assertThat(fed.toCompletableFuture()).isCompleted();
    assertThat(producer.history()).isEmpty();
    assertThat(intake.feed(buffer(message(1000).frame())).toCompletableFuture()).isCompleted();
    PayloadWriter next = oneWriter.open(1);
    next.abort();
  }

  @Test
  void aSenderWhoGoesWhileHisPayloadIsWrittenLeavesNothingToDo() throws Exception {
    HeldStore store = new HeldStore();
    FrameIntake intake = intake(store, peer);
    CompletionStage<Void> fed = intake.feed(buffer(message(1000).frame()));
    assertThat(fed.toCompletableFuture()).isNotDone();

    intake.abort();
    store.written.complete(null);

    assertThat(fed.toCompletableFuture()).isCompleted();
    assertThat(store.opened).isOne();
    assertThat(store.aborted).isOne();
  }

  @Test
  void tellsOfAPayloadThatIsTooLargeOnceByKpTrf5() throws Exception {
    FrameIntake intake = intake(oneWriter, new Caller.User(bob.address()));
    Bytes frames =
        Bytes.concat(
            message(100).frame(), message(2 * MAX_PAYLOAD_OCTETS).frame(), message(100).frame());

    assertThat(intake.feed(buffer(frames)).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(20));
    Answer answer = intake.finish().toCompletableFuture().join();

    assertThat(answer.statuses()).containsExactly(new Status.Accepted());
    assertThat(answer.stopped()).extracting(Refusal::code).isEqualTo(RefusalCode.PAYLOAD_TOO_LARGE);
  }

  private FrameIntake intake(PayloadStore store, Caller caller) {
    EventPublisher events =
        new EventPublisher(
            producer,
            new TopicSettings("", 1, 1, 1, TopicSettings.Deployment.SINGLE_NODE),
            Runnable::run,
            EventPublisher.Patience.ANSWER_NOW);
    return new AcceptanceStage(
            new Admission(MAX_PAYLOAD_OCTETS),
            new PeerVerifier(directory, CLOCK),
            new HostedDomains(directory, beta.domain(), CLOCK),
            store,
            events,
            CLOCK,
            (head, by, status, took) -> {})
        .begin(caller, Optional.empty(), Runnable::run);
  }

  private Messages message(int size) throws IOException {
    return Messages.seal(RANDOM, size, bob, carol);
  }

  private static ByteBuffer buffer(Bytes octets) {
    return ByteBuffer.wrap(octets.toByteArray());
  }

  /** A store whose disk takes its time. */
  private static final class HeldStore implements PayloadStore, PayloadWriter {
    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private int opened;
    private int aborted;

    @Override
    public PayloadWriter open(long sizeOctets) {
      opened++;
      return this;
    }

    @Override
    public CompletionStage<Void> write(ByteBuffer part) {
      return written;
    }

    @Override
    public CompletionStage<PayloadReference> commit() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void abort() {
      aborted++;
    }

    @Override
    public InputStream read(PayloadReference reference, PayloadRange range) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SegmentContents contents(String segment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> segments() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void deleteSegment(String segment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
