package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.protocol.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends small payloads to shared segments, on a thread of its own: all that wait while one fsync
 * runs share the next. What waits is bounded by the writers' memory, which is bounded by the store.
 */
final class SegmentAppender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentAppender.class);

  /**
   * Payloads that share an fsync at most; keeps the time until the first of them is answered short.
   */
  private static final int MAX_BATCH = 256;

  /** How often an idle appender looks whether its segment has become old. */
  private static final Duration IDLE_CHECK = Duration.ofSeconds(30);

  private final SegmentSettings settings;
  private final Supplier<SegmentName> names;
  private final InstantSource clock;
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  private @Nullable SegmentFile current;
  private Instant currentSince = Instant.EPOCH;

  /** A payload that waits to be appended. */
  private record Request(
      List<ByteBuffer> parts,
      long length,
      Digest sha256,
      CompletableFuture<PayloadReference> done) {

    /**
     * No payload: ends the wait of an idle appender. An interrupt would close the file under a
     * write.
     */
    static Request wakeUp() {
      return new Request(List.of(), -1, Digest.sha256(), new CompletableFuture<>());
    }

    boolean isPayload() {
      return length >= 0;
    }
  }

  SegmentAppender(SegmentSettings settings, Supplier<SegmentName> names, InstantSource clock) {
    this.settings = settings;
    this.names = names;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("payload-appender").daemon().start(this::run);
  }

  /**
   * Appends a payload; completes when it is durable. {@code parts} belong to the appender from here
   * on.
   */
  CompletableFuture<PayloadReference> append(List<ByteBuffer> parts, long length, Digest sha256) {
    CompletableFuture<PayloadReference> done = new CompletableFuture<>();
    requests.add(new Request(parts, length, sha256, done));
    if (closing) {
      // The thread may have looked for the last time.
      done.completeExceptionally(new PayloadStoreException(Failure.CLOSED, "the store is closed"));
    }
    return done;
  }

  private void run() {
    List<Request> batch = new ArrayList<>(MAX_BATCH);
    while (!closing || !requests.isEmpty()) {
      batch.clear();
      await(batch);
      if (!batch.isEmpty()) {
        appendAll(batch);
      }
      rollIfDue();
    }
    endCurrent();
  }

  private void await(List<Request> batch) {
    try {
      Request first = requests.poll(IDLE_CHECK.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
        requests.drainTo(batch, MAX_BATCH - 1);
        batch.removeIf(request -> !request.isPayload());
      }
    } catch (InterruptedException e) {
      // Nobody has a reason to; what waits is still appended before the thread ends.
      closing = true;
    }
  }

  private void appendAll(List<Request> batch) {
    List<PayloadReference> references = new ArrayList<>(batch.size());
    try {
      SegmentFile segment = current();
      for (Request request : batch) {
        segment.beginEntry(request.length());
        for (ByteBuffer part : request.parts()) {
          segment.append(part);
        }
        references.add(segment.endEntry(request.length(), request.sha256()));
      }
      segment.force();
    } catch (IOException | RuntimeException e) {
      LOG.error("payloads could not be stored", e);
      giveUpCurrent();
      PayloadStoreException failure =
          new PayloadStoreException(Failure.UNAVAILABLE, "the payload could not be stored", e);
      batch.forEach(request -> request.done().completeExceptionally(failure));
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).done().complete(references.get(i));
    }
  }

  private SegmentFile current() throws IOException {
    if (current == null) {
      SegmentName name = names.get();
      currentSince = clock.instant();
      current =
          SegmentFile.create(
              settings.directory(),
              name,
              name.file(settings.directory()),
              currentSince.toEpochMilli());
    }
    return current;
  }

  private void rollIfDue() {
    if (current == null) {
      return;
    }
    boolean old = !clock.instant().isBefore(currentSince.plus(settings.rollAge()));
    boolean full =
        current.size() >= settings.rollOctets()
            || current.entryCount() >= SegmentFormat.MAX_ENTRIES - MAX_BATCH;
    if (old || full) {
      endCurrent();
    }
  }

  /**
   * Seals the segment. If that fails the segment stays without index: what was committed before
   * stands.
   */
  private void endCurrent() {
    if (current == null) {
      return;
    }
    try (SegmentFile ended = current) {
      ended.seal();
    } catch (IOException e) {
      LOG.warn("a segment could not be sealed", e);
    }
    current = null;
  }

  /**
   * Never appends again to a file whose last write failed: nobody knows what of it reached the
   * disk.
   */
  private void giveUpCurrent() {
    SegmentFile broken = current;
    current = null;
    if (broken == null) {
      return;
    }
    if (!broken.hasCommitted()) {
      broken.discard();
      return;
    }
    try {
      broken.close();
    } catch (IOException e) {
      LOG.warn("a segment could not be closed", e);
    }
  }

  @Override
  public void close() {
    closing = true;
    requests.add(Request.wakeUp());
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    requests.forEach(
        request ->
            request
                .done()
                .completeExceptionally(
                    new PayloadStoreException(Failure.CLOSED, "the store is closed")));
  }
}
