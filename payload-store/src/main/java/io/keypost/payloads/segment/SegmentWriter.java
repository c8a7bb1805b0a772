package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.payloads.PayloadWriter;
import io.keypost.protocol.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes one payload: in memory as long as it is small and memory is left, else into a segment of
 * its own. {@code commit} and {@code abort} exclude each other; all is for one caller at a time,
 * whichever thread it is on.
 *
 * <pre>
 *   buffering ---- too much ----&gt; streaming
 *       |                            |
 *       +------- commit, abort ------+----&gt; ended
 * </pre>
 */
final class SegmentWriter implements PayloadWriter {
  private final long size;
  private final int sharedMaxOctets;
  private final WriterBudget budget;
  private final SegmentAppender appender;
  private final Supplier<StreamedSegment> streams;

  private final List<ByteBuffer> buffered = new ArrayList<>();
  private final Digest.Accumulator digest = Digest.accumulator();
  private long bufferedOctets;
  private @Nullable StreamedSegment streamed;
  private boolean ended;

  SegmentWriter(
      long size,
      int sharedMaxOctets,
      WriterBudget budget,
      SegmentAppender appender,
      Supplier<StreamedSegment> streams) {
    this.size = size;
    this.sharedMaxOctets = sharedMaxOctets;
    this.budget = budget;
    this.appender = appender;
    this.streams = streams;
  }

  @Override
  public synchronized CompletionStage<Void> write(ByteBuffer part) {
    if (ended) {
      return CompletableFuture.failedFuture(closed());
    }
    int octets = part.remaining();
    if (digest.size() + octets > size) {
      return CompletableFuture.failedFuture(sizeDiffers(digest.size() + octets));
    }
    digest.update(part);
    ByteBuffer copy = ByteBuffer.allocate(octets).put(part).flip();
    if (streamed != null) {
      return streamed.append(List.of(copy));
    }
    if (size <= sharedMaxOctets && budget.takeOctets(octets)) {
      buffered.add(copy);
      bufferedOctets += octets;
      return CompletableFuture.completedFuture(null);
    }
    return spill(copy);
  }

  private CompletionStage<Void> spill(ByteBuffer last) {
    List<ByteBuffer> all = new ArrayList<>(buffered);
    all.add(last);
    buffered.clear();
    streamed = streams.get();
    long freed = bufferedOctets;
    bufferedOctets = 0;
    return streamed.append(all).whenComplete((_, _) -> budget.returnOctets(freed));
  }

  @Override
  public synchronized CompletionStage<PayloadReference> commit() {
    if (ended) {
      return CompletableFuture.failedFuture(closed());
    }
    if (digest.size() != size) {
      abort();
      return CompletableFuture.failedFuture(sizeDiffers(digest.size()));
    }
    ended = true;
    Digest sha256 = digest.finish();
    CompletionStage<PayloadReference> durable =
        streamed != null
            ? streamed.commit(sha256)
            : appender.append(List.copyOf(buffered), size, sha256);
    return durable.whenComplete((_, _) -> free());
  }

  @Override
  public synchronized void abort() {
    if (ended) {
      return;
    }
    ended = true;
    if (streamed != null) {
      streamed.discard();
    }
    free();
  }

  private void free() {
    budget.returnOctets(bufferedOctets);
    budget.returnWriter();
    buffered.clear();
  }

  private PayloadStoreException sizeDiffers(long written) {
    return new PayloadStoreException(
        Failure.SIZE_DIFFERS, "declared " + size + " octets, written " + written);
  }

  private static PayloadStoreException closed() {
    return new PayloadStoreException(Failure.CLOSED, "the payload has ended");
  }
}
