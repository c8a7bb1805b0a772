package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadReference;
import io.keypost.protocol.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A segment file being written. For one thread at a time; after any failure the file is given up by
 * its owner, since nobody knows what of it reached the disk.
 */
final class SegmentFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentFile.class);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final SegmentName name;
  private final Path file;
  private final FileChannel channel;
  private final List<PayloadReference> entries = new ArrayList<>();
  private long size;
  private int committed;

  private SegmentFile(SegmentName name, Path file, FileChannel channel) {
    this.name = name;
    this.file = file;
    this.channel = channel;
  }

  /** Makes the file with its header; its name is durable when this returns. */
  static SegmentFile create(Path store, SegmentName name, Path file, long createdMillis)
      throws IOException {
    Path directory = name.directory(store);
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
      forceDirectory(store);
    }
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY_FILE);
    SegmentFile segment = new SegmentFile(name, file, channel);
    try {
      segment.append(SegmentFormat.header(createdMillis));
      forceDirectory(directory);
      return segment;
    } catch (IOException e) {
      segment.discard();
      throw e;
    }
  }

  /** Octets written. */
  long size() {
    return size;
  }

  /** Entries ended by {@link #endEntry}. */
  int entryCount() {
    return entries.size();
  }

  /** Begins an entry. */
  void beginEntry(long length) throws IOException {
    append(SegmentFormat.entryHeader(length));
  }

  /** Writes all that remains in {@code octets}. */
  void append(ByteBuffer octets) throws IOException {
    size += octets.remaining();
    while (octets.hasRemaining()) {
      channel.write(octets);
    }
  }

  /**
   * Ends an entry whose payload was appended since {@link #beginEntry}. Durable only after {@link
   * #force()}.
   */
  PayloadReference endEntry(long length, Digest sha256) throws IOException {
    PayloadReference reference = new PayloadReference(name.value(), size - length, length, sha256);
    append(SegmentFormat.entryTrailer(length, sha256));
    entries.add(reference);
    return reference;
  }

  /** Makes durable what was appended. */
  void force() throws IOException {
    channel.force(false);
    committed = entries.size();
  }

  /** Whether anything in it was ever made durable, so that somebody may hold a reference. */
  boolean hasCommitted() {
    return committed > 0;
  }

  /** Writes the index and makes everything durable; nothing is appended after it. */
  void seal() throws IOException {
    append(SegmentFormat.index(entries, size));
    force();
  }

  /** Gives the file, sealed before, the name under which it is read; durable when this returns. */
  void publishAs(Path published) throws IOException {
    Files.move(file, published, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(published.toAbsolutePath().getParent());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Closes and removes the file, as far as that works. */
  void discard() {
    try (channel) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // An orphan on the disk costs space until it is aged out; the failure that led here is the
      // one to report.
      LOG.warn("could not remove {}", file, e);
    }
  }

  private static void forceDirectory(@Nullable Path directory) throws IOException {
    if (directory == null) {
      throw new IOException("a segment lies in a directory");
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
