package io.keypost.directory.identity;

import io.keypost.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How an identity directory is replaced as a whole. Enrolment writes its files into the directory
 * itself; a renewal writes all of them into a directory of its own below it and then points there,
 * in one step: nobody ever reads a key of one and a certificate of the other.
 *
 * <pre>
 *   server.key, server.pem, root.pem, operator, …     as enrolled
 *   identity-8472…/server.key, server.pem, …          a renewal, whole
 *   current                                           name of the renewal in force; absent before
 * </pre>
 */
public final class IdentityDirectory {
  /** Names the renewal that is in force. */
  public static final String CURRENT_FILE = "current";

  private static final String PREFIX = "identity-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9]{1,20}");
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private IdentityDirectory() {}

  /**
   * Where the files of the identity in force stand.
   *
   * @throws IllegalArgumentException when the pointer names no renewal
   */
  static Path inForce(Path directory) throws IOException {
    String name;
    try {
      name = Files.readString(directory.resolve(CURRENT_FILE), StandardCharsets.US_ASCII).strip();
    } catch (NoSuchFileException e) {
      return directory;
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(directory.resolve(CURRENT_FILE) + " names no identity");
    }
    return directory.resolve(name);
  }

  /**
   * Puts these files, and no others, in force in one step, durably.
   *
   * @param files names and contents; readable for their owner only
   */
  public static void replace(Path directory, Map<String, Bytes> files) {
    try {
      Path before = inForce(directory);
      Path next = Files.createTempDirectory(directory, PREFIX, OWNER_ONLY_DIRECTORY);
      for (Map.Entry<String, Bytes> file : files.entrySet()) {
        write(Files.createFile(next.resolve(file.getKey()), OWNER_ONLY), file.getValue());
      }
      Path pointer = Files.createTempFile(directory, ".new-", "", OWNER_ONLY);
      write(pointer, Bytes.utf8(next.getFileName() + "\n"));
      Files.move(
          pointer,
          directory.resolve(CURRENT_FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      // Whoever read the pointer a moment ago reads the one before still.
      forget(directory, Set.of(before, next));
    } catch (IOException e) {
      throw new UncheckedIOException("identity directory " + directory, e);
    }
  }

  /** Puts what stands in the directory itself in force again: somebody enrolled anew. */
  public static void enrolled(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve(CURRENT_FILE));
      forget(directory, Set.of());
    } catch (IOException e) {
      throw new UncheckedIOException("identity directory " + directory, e);
    }
  }

  private static void write(Path file, Bytes content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer octets = content.asByteBuffer();
      while (octets.hasRemaining()) {
        channel.write(octets);
      }
      channel.force(true);
    }
  }

  private static void forget(Path directory, Set<Path> kept) throws IOException {
    List<Path> old;
    try (Stream<Path> all = Files.list(directory)) {
      old =
          all.filter(path -> NAME.matcher(path.getFileName().toString()).matches())
              .filter(path -> !kept.contains(path))
              .toList();
    }
    for (Path each : old) {
      try (Stream<Path> files = Files.walk(each)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
