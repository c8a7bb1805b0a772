package io.keypost.client.home;

import io.keypost.client.json.Json;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Files that only their owner may read, written whole or not at all. */
public final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final Object EXCLUSIVE = new Object();

  private PrivateFiles() {}

  /** Makes a directory with mode 0700, and those above it, unless they are there. */
  public static Path createDirectory(Path directory) {
    try {
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
      return directory;
    } catch (IOException e) {
      throw about(directory, e);
    }
  }

  /**
   * Reads a file and puts another in its place as one step, before all who do so by this method, in
   * this process and in others. Never within itself.
   */
  public static <T> T exclusively(Path file, Supplier<T> work) {
    Path absolute = file.toAbsolutePath();
    Path lock = absolute.resolveSibling(absolute.getFileName() + ".lock");
    // A lock of the file system is one process's: its own threads need another.
    synchronized (EXCLUSIVE) {
      createDirectory(Objects.requireNonNull(absolute.getParent(), "a file is in a directory"));
      try (FileChannel channel =
              FileChannel.open(
                  lock, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
          FileLock _ = channel.lock()) {
        return work.get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
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
      throw about(file, e);
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
      throw about(directory, e);
    }
  }

  /** Reads a file whole. */
  public static Bytes read(Path file) {
    try {
      return Bytes.copyOf(Files.readAllBytes(file));
    } catch (IOException e) {
      throw about(file, e);
    }
  }

  /** Reads a file whole, as UTF-8. */
  public static String text(Path file) {
    return new String(read(file).toByteArray(), StandardCharsets.UTF_8);
  }

  /**
   * Reads a file that {@link Json#write} made.
   *
   * @throws UncheckedIOException with the file's name, also when it holds something else
   */
  public static <T> T json(Path file, Class<T> type) {
    try {
      return Json.read(read(file), type);
    } catch (RefusedException e) {
      throw about(file, new IOException("it is not as Keypost wrote it", e));
    }
  }

  /**
   * Finds out that a file cannot be read before something is begun that needs it.
   *
   * @throws UncheckedIOException with its name, when it is not there, is no file that can be read
   *     more than once, or is somebody else's
   */
  public static void requireReadable(Path file) {
    if (!Files.exists(file)) {
      throw about(file, new NoSuchFileException(file.toString()));
    }
    if (!Files.isRegularFile(file)) {
      throw about(
          file, new IOException(Files.isDirectory(file) ? "it is a directory" : "it is no file"));
    }
    if (!Files.isReadable(file)) {
      throw about(file, new AccessDeniedException(file.toString()));
    }
  }

  /**
   * Finds out that nothing can be written to {@code file} before the work is done that makes what
   * is to stand there.
   *
   * @throws UncheckedIOException when a directory has that name
   */
  public static void requireNoDirectory(Path file) {
    if (Files.isDirectory(file)) {
      throw about(file, new IOException("it is a directory"));
    }
  }

  /**
   * What is said of {@code error}: it names the file that its user knows, not one beside it, and
   * not none at all.
   */
  private static UncheckedIOException about(Path file, IOException error) {
    String name = file.toString();
    FileSystemException named =
        switch (error) {
          case NoSuchFileException gone -> new NoSuchFileException(name);
          case AccessDeniedException denied -> new AccessDeniedException(name);
          case FileSystemException other -> new FileSystemException(name, null, other.getReason());
          default -> new FileSystemException(name, null, error.getMessage());
        };
    named.initCause(error);
    return new UncheckedIOException(named);
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
