package io.keypost.payloads.segment;

import static io.keypost.payloads.PayloadStoreContract.assertFailure;
import static io.keypost.payloads.PayloadStoreContract.payload;
import static io.keypost.payloads.PayloadStoreContract.readAll;
import static io.keypost.payloads.PayloadStoreContract.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStoreContract;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.payloads.PayloadWriter;
import io.keypost.payloads.SegmentContents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFileStoreTest implements PayloadStoreContract {
  private static final int SHARED_MAX = 4096;
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");

  @TempDir private Path directory;

  @Override
  public SegmentFileStore newStore() {
    return store(settings(64 << 10, 1 << 20, 1000));
  }

  @Override
  public int[] interestingSizes() {
    return new int[] {0, 1, SHARED_MAX - 1, SHARED_MAX, SHARED_MAX + 1, 300_000};
  }

  @Test
  void givesALargePayloadASegmentOfItsOwn() throws Exception {
    try (SegmentFileStore store = newStore()) {
      PayloadReference small = write(store, new byte[10]);
      PayloadReference large = write(store, new byte[SHARED_MAX + 1]);
      PayloadReference next = write(store, new byte[10]);
      assertThat(next.segment()).isEqualTo(small.segment()).isNotEqualTo(large.segment());
      assertThat(store.contents(large.segment()))
          .isEqualTo(new SegmentContents(List.of(large), SegmentContents.State.SEALED));
    }
  }

  @Test
  void beginsANewSegmentWhenOneIsFullAndSealsTheOld() throws Exception {
    try (SegmentFileStore store = store(settings(SHARED_MAX, 1 << 20, 1000))) {
      PayloadReference first = write(store, new byte[SHARED_MAX]);
      PayloadReference second = write(store, new byte[SHARED_MAX]);
      assertThat(second.segment()).isNotEqualTo(first.segment());
      assertThat(store.contents(first.segment()).state()).isEqualTo(SegmentContents.State.SEALED);
    }
  }

  @Test
  void beginsANewSegmentWhenOneIsOld() throws Exception {
    AdvancingClock clock = new AdvancingClock();
    SegmentSettings settings = settings(64 << 10, 1 << 20, 10);
    try (SegmentFileStore store = new SegmentFileStore(settings, clock, random())) {
      PayloadReference first = write(store, new byte[10]);
      clock.advance(settings.rollAge());
      write(store, new byte[10]);
      PayloadReference third = write(store, new byte[10]);
      assertThat(third.segment()).isNotEqualTo(first.segment());
    }
  }

  @Test
  void sealsItsSegmentWhenItIsClosed() throws Exception {
    PayloadReference reference;
    try (SegmentFileStore store = newStore()) {
      reference = write(store, new byte[10]);
      assertThat(store.contents(reference.segment()).state()).isEqualTo(SegmentContents.State.OPEN);
    }
    try (SegmentFileStore other = newStore()) {
      assertThat(other.contents(reference.segment()).state())
          .isEqualTo(SegmentContents.State.SEALED);
      assertThat(readAll(other, reference)).hasSize(10);
    }
  }

  @Test
  void neverHoldsUpAPayloadByASlowOne() throws Exception {
    try (SegmentFileStore store = newStore()) {
      PayloadWriter slow = begin(store, 1 << 20, 1000);
      PayloadWriter slowSmall = begin(store, 1000, 10);
      assertThat(readAll(store, write(store, new byte[500]))).hasSize(500);
      assertThat(readAll(store, write(store, new byte[SHARED_MAX + 1]))).hasSize(SHARED_MAX + 1);
      slow.abort();
      slowSmall.abort();
    }
  }

  @Test
  void streamsSmallPayloadsToTheDiskWhenTheMemoryForThemIsUsedUp() throws Exception {
    try (SegmentFileStore store = store(settings(64 << 10, 1000, 10))) {
      PayloadWriter first = begin(store, 900, 900);
      byte[] payload = payload(random(), 900);
      PayloadReference second = write(store, payload);
      assertThat(readAll(store, second)).isEqualTo(payload);
      assertThat(store.contents(second.segment()).payloads()).containsExactly(second);
      first.abort();
      PayloadReference third = write(store, payload(random(), 400));
      PayloadReference fourth = write(store, payload(random(), 400));
      assertThat(third.segment()).isEqualTo(fourth.segment());
    }
  }

  @Test
  void refusesMoreWritersThanItMayHave() throws Exception {
    try (SegmentFileStore store = store(settings(64 << 10, 1 << 20, 2))) {
      PayloadWriter first = store.open(10);
      store.open(10);
      assertBusy(store);
      first.abort();
      first.abort();
      store.open(0).commit().toCompletableFuture().get(10, TimeUnit.SECONDS);
      store.open(10);
      assertBusy(store);
    }
  }

  @Test
  void leavesNoFileOfAnAbortedLargePayload() throws Exception {
    SegmentFileStore store = newStore();
    PayloadWriter writer = begin(store, 1 << 20, 100_000);
    assertThat(files()).hasSize(1);
    assertThat(store.segments()).isEmpty();
    writer.abort();
    // Closing waits for what was begun.
    store.close();
    assertThat(files()).isEmpty();
  }

  @Test
  void keepsItsFilesFromOtherUsers() throws Exception {
    try (SegmentFileStore store = newStore()) {
      write(store, new byte[10]);
      write(store, new byte[SHARED_MAX + 1]);
      for (Path file : files()) {
        assertThat(Files.getPosixFilePermissions(file))
            .containsExactlyInAnyOrder(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      }
    }
  }

  /**
   * A crash leaves any prefix of what was appended after the last fsync: what is whole stands,
   * nothing else is seen.
   */
  @Test
  void findsEveryWholePayloadOfASegmentThatIsCutAtAnyOctet() throws Exception {
    List<PayloadReference> written = new ArrayList<>();
    try (SegmentFileStore store = newStore()) {
      for (int size : new int[] {10, 0, 33, 7}) {
        written.add(write(store, payload(random(), size)));
      }
    }
    String segment = written.getFirst().segment();
    Path file = new SegmentName(segment).file(directory);
    long whole = Files.size(file);
    try (SegmentFileStore store = newStore();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long length = whole - 1; length >= 0; length--) {
        channel.truncate(length);
        long cut = length;
        List<PayloadReference> expected =
            written.stream()
                .filter(r -> r.offset() + r.length() + SegmentFormat.ENTRY_TRAILER_OCTETS <= cut)
                .toList();
        SegmentContents contents = store.contents(segment);
        assertThat(contents.payloads()).as("cut at %d", cut).isEqualTo(expected);
        assertThat(contents.state())
            .as("cut at %d", cut)
            .isNotEqualTo(SegmentContents.State.SEALED);
      }
    }
  }

  @Test
  void findsEveryOctetThatWasChangedInAPayload() throws Exception {
    byte[] payload = payload(random(), 200);
    try (SegmentFileStore store = newStore()) {
      PayloadReference reference = write(store, payload);
      Path file = new SegmentName(reference.segment()).file(directory);
      byte[] good = Files.readAllBytes(file);
      for (int i = 0; i < payload.length; i++) {
        byte[] bad = good.clone();
        bad[(int) reference.offset() + i] ^= 1;
        Files.write(file, bad);
        assertThatThrownBy(() -> readAll(store, reference))
            .isInstanceOfSatisfying(
                PayloadStoreException.class,
                e -> assertThat(e.failure()).isEqualTo(Failure.CORRUPT));
      }
      Files.write(file, good);
      assertThat(readAll(store, reference)).isEqualTo(payload);
    }
  }

  @Test
  void neverFailsOnASegmentOfAnyOctets() throws Exception {
    long seed = RandomGenerator.getDefault().nextLong();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    PayloadReference reference;
    try (SegmentFileStore store = newStore()) {
      reference = write(store, payload(random, 50));
      write(store, payload(random, 60));
    }
    Path file = new SegmentName(reference.segment()).file(directory);
    byte[] good = Files.readAllBytes(file);
    try (SegmentFileStore store = newStore()) {
      for (int round = 0; round < 500; round++) {
        byte[] bad = good.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        Files.write(file, bad);
        assertThat(store.contents(reference.segment()).payloads())
            .as("seed %d round %d", seed, round)
            .hasSizeLessThanOrEqualTo(2);
      }
    }
  }

  /** T25. */
  @Test
  void saysThatItIsUnavailableWhenItsDirectoryIsGoneAndRecoversByItself() throws Exception {
    Path away = directory.resolveSibling(directory.getFileName() + "-away");
    try (SegmentFileStore store = newStore()) {
      Files.move(directory, away);
      Files.writeString(directory, "in the way");
      PayloadWriter small = begin(store, 10, 10);
      assertFailure(small.commit().toCompletableFuture(), Failure.UNAVAILABLE);
      PayloadWriter large = store.open(SHARED_MAX + 1);
      assertFailure(
          large.write(ByteBuffer.allocate(10)).toCompletableFuture(), Failure.UNAVAILABLE);
      large.abort();
      Files.delete(directory);
      Files.move(away, directory);
      assertThat(readAll(store, write(store, new byte[10]))).hasSize(10);
      assertThat(readAll(store, write(store, new byte[SHARED_MAX + 1]))).hasSize(SHARED_MAX + 1);
    }
  }

  private static PayloadWriter begin(SegmentFileStore store, long declared, int written)
      throws Exception {
    PayloadWriter writer = store.open(declared);
    writer.write(ByteBuffer.allocate(written)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    return writer;
  }

  private static void assertBusy(SegmentFileStore store) {
    assertThatThrownBy(() -> store.open(10))
        .isInstanceOfSatisfying(
            PayloadStoreException.class, e -> assertThat(e.failure()).isEqualTo(Failure.BUSY));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private SegmentSettings settings(long rollOctets, long bufferedMax, int maxWriters) {
    return new SegmentSettings(
        directory, rollOctets, Duration.ofHours(1), SHARED_MAX, bufferedMax, maxWriters);
  }

  private static SegmentFileStore store(SegmentSettings settings) {
    return new SegmentFileStore(settings, InstantSource.fixed(NOW), RandomGenerator.getDefault());
  }

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(5);
  }

  private static final class AdvancingClock implements InstantSource {
    private volatile Instant now = NOW;

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
