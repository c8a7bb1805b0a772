package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.protocol.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A segment with one payload that streams into it. The file has another name until it is committed,
 * so that nobody takes it for a segment; its steps run one after the other on the executor.
 */
final class StreamedSegment {
  private final Path store;
  private final SegmentName name;
  private final long length;
  private final InstantSource clock;
  private final Executor executor;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /** Touched by the steps only. */
  private @Nullable SegmentFile file;

  StreamedSegment(
      Path store, SegmentName name, long length, InstantSource clock, Executor executor) {
    this.store = store;
    this.name = name;
    this.length = length;
    this.clock = clock;
    this.executor = executor;
  }

  synchronized CompletableFuture<Void> append(List<ByteBuffer> parts) {
    last = next(() -> appendNow(parts));
    return last.copy();
  }

  synchronized CompletableFuture<PayloadReference> commit(Digest sha256) {
    CompletableFuture<PayloadReference> done = new CompletableFuture<>();
    last = next(() -> done.complete(commitNow(sha256)));
    return last.thenCompose(_ -> done);
  }

  /** Removes the file, after whatever step runs, and whether the steps before failed or not. */
  synchronized void discard() {
    last = last.exceptionally(_ -> null);
    last = next(this::discardNow);
  }

  private interface Step {
    void run() throws IOException;
  }

  private CompletableFuture<Void> next(Step step) {
    try {
      return last.thenRunAsync(() -> runStep(step), executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new PayloadStoreException(Failure.CLOSED, "the store is closed", e));
    }
  }

  private void runStep(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      discardNow();
      throw new CompletionException(
          new PayloadStoreException(Failure.UNAVAILABLE, "the payload could not be stored", e));
    }
  }

  private void appendNow(List<ByteBuffer> parts) throws IOException {
    if (file == null) {
      file = SegmentFile.create(store, name, name.partFile(store), clock.millis());
      file.beginEntry(length);
    }
    for (ByteBuffer part : parts) {
      file.append(part);
    }
  }

  private PayloadReference commitNow(Digest sha256) throws IOException {
    appendNow(List.of());
    SegmentFile whole = file;
    if (whole == null) {
      throw new IOException("no file");
    }
    PayloadReference reference = whole.endEntry(length, sha256);
    whole.seal();
    whole.publishAs(name.file(store));
    whole.close();
    file = null;
    return reference;
  }

  private void discardNow() {
    if (file != null) {
      file.discard();
      file = null;
    }
  }
}
