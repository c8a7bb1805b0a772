package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadRange;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.payloads.PayloadStoreException.Failure;
import io.keypost.payloads.PayloadWriter;
import io.keypost.payloads.SegmentContents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Payloads in segment files below one directory. Each store (a process) writes files of its own,
 * named by a random writer id, so that several share a volume without a lock.
 *
 * <p>A small payload is kept in memory while it comes in and appended whole, so that a slow upload
 * holds up nobody; one that is large, or that comes when the memory for small ones is used up,
 * streams into a file that becomes a segment when it is committed.
 */
public final class SegmentFileStore implements PayloadStore {
  private static final int WRITER_ID_OCTETS = 16;
  private static final int STREAMING_THREADS = 4;
  private static final int DIRECTORY_DEPTH = 2;

  private final SegmentSettings settings;
  private final InstantSource clock;
  private final String writerId;
  private final AtomicInteger nextNumber = new AtomicInteger();
  private final WriterBudget budget;
  private final SegmentAppender appender;
  private final ExecutorService streaming;
  private volatile boolean closed;

  /**
   * Opens the store and makes its directory if it is missing. Blocks.
   *
   * @param random gives the writer id; a {@link java.security.SecureRandom} outside of tests
   * @throws PayloadStoreException {@code UNAVAILABLE} when the directory can be neither made nor
   *     written to
   */
  public SegmentFileStore(SegmentSettings settings, InstantSource clock, RandomGenerator random) {
    this.settings = settings;
    this.clock = clock;
    byte[] id = new byte[WRITER_ID_OCTETS];
    random.nextBytes(id);
    this.writerId = HexFormat.of().formatHex(id);
    try {
      Files.createDirectories(settings.directory());
    } catch (IOException e) {
      throw new PayloadStoreException(
          Failure.UNAVAILABLE, "cannot make " + settings.directory(), e);
    }
    if (!Files.isWritable(settings.directory())) {
      throw new PayloadStoreException(
          Failure.UNAVAILABLE, "cannot write to " + settings.directory());
    }
    this.budget = new WriterBudget(settings.maxOpenWriters(), settings.bufferedMaxOctets());
    this.appender = new SegmentAppender(settings, this::nextName, clock);
    this.streaming =
        Executors.newFixedThreadPool(
            STREAMING_THREADS, Thread.ofPlatform().name("payload-stream-", 0).daemon().factory());
  }

  @Override
  public PayloadWriter open(long sizeOctets) {
    if (sizeOctets < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
    if (closed) {
      throw new PayloadStoreException(Failure.CLOSED, "the store is closed");
    }
    if (!budget.takeWriter()) {
      throw new PayloadStoreException(
          Failure.BUSY, "more than " + settings.maxOpenWriters() + " payloads at once");
    }
    return new SegmentWriter(
        sizeOctets, settings.sharedMaxOctets(), budget, appender, () -> stream(sizeOctets));
  }

  @Override
  public InputStream read(PayloadReference reference, PayloadRange range) {
    if (range.from() + range.length() > reference.length()) {
      throw new IllegalArgumentException("the range is not within the payload");
    }
    FileChannel channel = openForReading(new SegmentName(reference.segment()));
    try {
      long end = reference.offset() + reference.length();
      if (channel.size() < end) {
        throw new PayloadStoreException(
            Failure.NOT_YET_VISIBLE,
            "the segment has " + channel.size() + " octets, the payload ends at " + end);
      }
      return new PayloadInput(channel, reference, range);
    } catch (IOException e) {
      closeAfter(channel, e);
      throw new PayloadStoreException(Failure.UNAVAILABLE, "cannot read " + reference.segment(), e);
    } catch (PayloadStoreException e) {
      closeAfter(channel, e);
      throw e;
    }
  }

  @Override
  public SegmentContents contents(String segment) {
    try (FileChannel channel = openForReading(new SegmentName(segment))) {
      return SegmentScanner.scan(segment, channel);
    } catch (IOException e) {
      throw new PayloadStoreException(Failure.UNAVAILABLE, "cannot read " + segment, e);
    }
  }

  @Override
  public List<String> segments() {
    try (Stream<Path> files =
        Files.walk(settings.directory(), DIRECTORY_DEPTH, new FileVisitOption[0])) {
      return files
          .map(SegmentName::ofFile)
          .filter(Objects::nonNull)
          .map(SegmentName::value)
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new PayloadStoreException(
          Failure.UNAVAILABLE, "cannot list " + settings.directory(), e);
    }
  }

  @Override
  public void deleteSegment(String segment) {
    try {
      Files.deleteIfExists(new SegmentName(segment).file(settings.directory()));
    } catch (IOException e) {
      throw new PayloadStoreException(Failure.UNAVAILABLE, "cannot delete " + segment, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    appender.close();
    streaming.shutdown();
    try {
      if (!streaming.awaitTermination(10, TimeUnit.SECONDS)) {
        // What hangs in the file system is not committed and stays an orphan.
        streaming.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private StreamedSegment stream(long sizeOctets) {
    return new StreamedSegment(settings.directory(), nextName(), sizeOctets, clock, streaming);
  }

  private SegmentName nextName() {
    return SegmentName.of(writerId, nextNumber.getAndIncrement());
  }

  private FileChannel openForReading(SegmentName name) {
    try {
      return FileChannel.open(name.file(settings.directory()), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new PayloadStoreException(Failure.GONE, "no segment " + name.value(), e);
    } catch (IOException e) {
      throw new PayloadStoreException(Failure.UNAVAILABLE, "cannot open " + name.value(), e);
    }
  }

  private static void closeAfter(FileChannel channel, Exception failure) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
