package io.keypost.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

/**
 * What the JVM learnt of a service when it was started before (JEP 483, 514, 515): its classes,
 * loaded and linked, with the profiles of their methods. Only ever a matter of speed: without it,
 * or with one of another JDK, the same service runs, slower at first.
 */
final class StartCache {

  private static final String FILE_NAME = "start.aot";

  private StartCache() {}

  /** Where the cache of a service lies: beside the jar, so that a new build takes it away. */
  static Path of(Path jar) {
    return jar.resolveSibling(FILE_NAME);
  }

  /** Whether there is one that was made from these jars. */
  static boolean fits(Path jar) {
    var cache = of(jar);
    try (Stream<Path> files = Files.walk(jar.getParent())) {
      var made = Files.getLastModifiedTime(cache);
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .allMatch(file -> older(file, made));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean older(Path file, FileTime made) {
    try {
      return Files.getLastModifiedTime(file).compareTo(made) < 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
