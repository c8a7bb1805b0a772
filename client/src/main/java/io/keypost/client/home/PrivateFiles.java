package io.keypost.client.home;

import io.keypost.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Files that only their owner may read, written whole or not at all. */
public final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /** Makes a directory with mode 0700, and those above it, unless they are there. */
  public static Path createDirectory(Path directory) {
    try {
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts {@code content} at {@code file} in one step, durably, with mode 0600. */
  public static void write(Path file, Bytes content) {
    try {
      Path beside =
          temporary(
              Objects.requireNonNull(
                  file.toAbsolutePath().getParent(), "a file is in a directory"));
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        ByteBuffer octets = content.asByteBuffer();
        while (octets.hasRemaining()) {
          channel.write(octets);
        }
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts text at {@code file} as {@link #write(Path, Bytes)} does, in UTF-8. */
  public static void write(Path file, String text) {
    write(file, Bytes.utf8(text));
  }

  /** An empty file with mode 0600 in {@code directory}, which the caller moves or deletes. */
  public static Path temporary(Path directory) {
    try {
      return Files.createTempFile(createDirectory(directory), ".new-", "", OWNER_ONLY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file whole. */
  public static Bytes read(Path file) {
    try {
      return Bytes.copyOf(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file whole, as UTF-8. */
  public static String text(Path file) {
    return new String(read(file).toByteArray(), StandardCharsets.UTF_8);
  }

  /** Gives a file another name, in one step; what had that name is gone. */
  public static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Moves the files of one directory into another, but for {@code left}. */
  public static void moveAll(Path from, Path to, String left) {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.equals(left)) {
          move(file, to.resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory and what is in it; nothing happens when it is not there. */
  public static void deleteDirectory(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
