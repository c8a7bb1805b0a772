package io.keypost.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The project's own files, for tests that hold documents and code together. */
final class Sources {
  static final Path ROOT = Path.of(System.getProperty("keypost.root"));

  private Sources() {}

  /** Java sources of all modules below {@code src/<kind>}. */
  static Set<Path> below(String kind) {
    var sources = new TreeSet<Path>();
    for (Path module : modules()) {
      Path folder = module.resolve("src").resolve(kind);
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return sources;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static <T> Set<T> union(Set<T> one, Set<T> other) {
    Set<T> union = new TreeSet<>(one);
    union.addAll(other);
    return union;
  }

  /** Every folder with a pom.xml, two levels deep. */
  private static List<Path> modules() {
    try (Stream<Path> folders = Files.find(ROOT, 3, (p, a) -> p.endsWith("pom.xml"))) {
      return folders.map(Path::getParent).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
