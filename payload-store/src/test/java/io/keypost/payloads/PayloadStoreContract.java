package io.keypost.payloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** What every {@link PayloadStore} does. */
public interface PayloadStoreContract {

  /** An empty store that the test closes. */
  PayloadStore newStore();

  /** Sizes that take every way through the implementation. */
  int[] interestingSizes();

  @Test
  default void givesBackWhatWasWrittenInPiecesOfAnySize() throws Exception {
    long seed = RandomGenerator.getDefault().nextLong();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    try (PayloadStore store = newStore()) {
      for (int size : interestingSizes()) {
        byte[] payload = payload(random, size);
        PayloadReference reference = write(store, payload, random);
        assertThat(reference.length()).as("seed %d size %d", seed, size).isEqualTo(size);
        assertThat(reference.sha256())
            .as("seed %d size %d", seed, size)
            .isEqualTo(Digest.sha256(payload));
        assertThat(readAll(store, reference)).as("seed %d size %d", seed, size).isEqualTo(payload);
      }
    }
  }

  @Test
  default void readsAnyRange() throws Exception {
    long seed = RandomGenerator.getDefault().nextLong();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    try (PayloadStore store = newStore()) {
      byte[] payload = payload(random, 10_000);
      PayloadReference reference = write(store, payload, random);
      for (int round = 0; round < 50; round++) {
        int from = random.nextInt(payload.length + 1);
        int length = random.nextInt(payload.length - from + 1);
        try (InputStream in = store.read(reference, new PayloadRange(from, length))) {
          assertThat(in.readAllBytes())
              .as("seed %d", seed)
              .isEqualTo(Arrays.copyOfRange(payload, from, from + length));
        }
      }
    }
  }

  @Test
  default void refusesARangeBeyondThePayload() throws Exception {
    try (PayloadStore store = newStore()) {
      PayloadReference reference = write(store, new byte[10]);
      assertThatThrownBy(() -> store.read(reference, new PayloadRange(5, 6)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void keepsNothingOfAPayloadThatIsAborted() throws Exception {
    try (PayloadStore store = newStore()) {
      for (int size : interestingSizes()) {
        PayloadWriter writer = store.open(size + 1L);
        writer
            .write(ByteBuffer.wrap(new byte[size]))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
        writer.abort();
        assertFailure(writer.commit().toCompletableFuture(), Failure.CLOSED);
        assertFailure(writer.write(ByteBuffer.allocate(1)).toCompletableFuture(), Failure.CLOSED);
      }
      assertThat(payloads(store)).isEmpty();
    }
  }

  @Test
  default void refusesMoreOctetsThanDeclared() throws Exception {
    try (PayloadStore store = newStore()) {
      PayloadWriter writer = store.open(3);
      assertFailure(
          writer.write(ByteBuffer.allocate(4)).toCompletableFuture(), Failure.SIZE_DIFFERS);
      writer.abort();
      assertThat(payloads(store)).isEmpty();
    }
  }

  @Test
  default void commitsNothingWithFewerOctetsThanDeclared() throws Exception {
    try (PayloadStore store = newStore()) {
      for (int size : interestingSizes()) {
        PayloadWriter writer = store.open(size + 1L);
        writer
            .write(ByteBuffer.wrap(new byte[size]))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
        assertFailure(writer.commit().toCompletableFuture(), Failure.SIZE_DIFFERS);
      }
      assertThat(payloads(store)).isEmpty();
    }
  }

  @Test
  default void listsWhatItsSegmentsHold() throws Exception {
    try (PayloadStore store = newStore()) {
      List<PayloadReference> written = new ArrayList<>();
      for (int size : interestingSizes()) {
        written.add(write(store, new byte[size]));
      }
      assertThat(payloads(store)).containsExactlyInAnyOrderElementsOf(written);
    }
  }

  @Test
  default void forgetsADeletedSegment() throws Exception {
    try (PayloadStore store = newStore()) {
      PayloadReference reference = write(store, new byte[100]);
      store.deleteSegment(reference.segment());
      store.deleteSegment(reference.segment());
      assertThatThrownBy(() -> store.read(reference, PayloadRange.all(reference)))
          .isInstanceOfSatisfying(
              PayloadStoreException.class, e -> assertThat(e.failure()).isEqualTo(Failure.GONE));
      assertThat(store.segments()).doesNotContain(reference.segment());
    }
  }

  @Test
  default void takesNoPathForASegment() {
    try (PayloadStore store = newStore()) {
      for (String name :
          new String[] {
            "", "..", "../../etc/passwd", "/etc/passwd", "a\0b", "x".repeat(5000), "%2e%2e"
          }) {
        PayloadReference hostile = new PayloadReference(name, 0, 1, Digest.sha256(new byte[1]));
        assertThatThrownBy(() -> store.read(hostile, PayloadRange.all(hostile)))
            .isInstanceOfSatisfying(
                PayloadStoreException.class, e -> assertThat(e.failure()).isEqualTo(Failure.GONE));
        assertThatThrownBy(() -> store.deleteSegment(name))
            .isInstanceOf(PayloadStoreException.class);
      }
    }
  }

  @Test
  default void takesTheReadPastTheVisibleEndForTemporary() throws Exception {
    try (PayloadStore store = newStore()) {
      PayloadReference reference = write(store, new byte[100]);
      PayloadReference ahead =
          new PayloadReference(reference.segment(), 1 << 20, 50, Digest.sha256(new byte[50]));
      assertThatThrownBy(() -> store.read(ahead, PayloadRange.all(ahead)))
          .isInstanceOfSatisfying(
              PayloadStoreException.class,
              e -> assertThat(e.failure()).isEqualTo(Failure.NOT_YET_VISIBLE));
    }
  }

  @Test
  default void refusesAReferenceWithAnotherDigest() throws Exception {
    try (PayloadStore store = newStore()) {
      PayloadReference reference = write(store, new byte[100]);
      PayloadReference other =
          new PayloadReference(
              reference.segment(),
              reference.offset(),
              reference.length(),
              Digest.sha256(new byte[1]));
      assertThatThrownBy(() -> readAll(store, other))
          .isInstanceOfSatisfying(
              PayloadStoreException.class, e -> assertThat(e.failure()).isEqualTo(Failure.CORRUPT));
    }
  }

  @Test
  default void keepsManyPayloadsApartThatComeAtOnce() throws Exception {
    try (PayloadStore store = newStore()) {
      List<CompletableFuture<PayloadReference>> commits = new ArrayList<>();
      List<byte[]> payloads = new ArrayList<>();
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
      List<PayloadWriter> writers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        payloads.add(payload(random, 500 + i));
        writers.add(store.open(500 + i));
      }
      for (int half = 0; half < 2; half++) {
        for (int i = 0; i < writers.size(); i++) {
          int middle = payloads.get(i).length / 2;
          ByteBuffer part =
              half == 0
                  ? ByteBuffer.wrap(payloads.get(i), 0, middle)
                  : ByteBuffer.wrap(payloads.get(i), middle, payloads.get(i).length - middle);
          writers.get(i).write(part).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
      }
      writers.forEach(writer -> commits.add(writer.commit().toCompletableFuture()));
      for (int i = 0; i < commits.size(); i++) {
        assertThat(readAll(store, commits.get(i).get(10, TimeUnit.SECONDS)))
            .isEqualTo(payloads.get(i));
      }
    }
  }

  @Test
  default void opensNothingAfterItIsClosed() {
    PayloadStore store = newStore();
    store.close();
    assertThatThrownBy(() -> store.open(1))
        .isInstanceOfSatisfying(
            PayloadStoreException.class, e -> assertThat(e.failure()).isEqualTo(Failure.CLOSED));
  }

  static byte[] payload(RandomGenerator random, int size) {
    byte[] payload = new byte[size];
    random.nextBytes(payload);
    return payload;
  }

  static PayloadReference write(PayloadStore store, byte[] payload) throws Exception {
    return write(store, payload, RandomGeneratorFactory.of("L64X128MixRandom").create(3));
  }

  static PayloadReference write(PayloadStore store, byte[] payload, RandomGenerator random)
      throws Exception {
    PayloadWriter writer = store.open(payload.length);
    int at = 0;
    while (at < payload.length) {
      int length = Math.min(payload.length - at, 1 + random.nextInt(100_000));
      writer
          .write(ByteBuffer.wrap(payload, at, length))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      at += length;
    }
    return writer.commit().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  static byte[] readAll(PayloadStore store, PayloadReference reference) throws IOException {
    try (InputStream in = store.read(reference, PayloadRange.all(reference))) {
      return in.readAllBytes();
    }
  }

  static List<PayloadReference> payloads(PayloadStore store) {
    return store.segments().stream()
        .flatMap(segment -> store.contents(segment).payloads().stream())
        .toList();
  }

  static void assertFailure(CompletableFuture<?> future, Failure failure) {
    assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            PayloadStoreException.class, e -> assertThat(e.failure()).isEqualTo(failure));
  }
}
