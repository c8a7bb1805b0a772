package io.keypost.keyserver.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
  private static final int INSTANCES = 8;

  @TempDir private Path directory;

  @RepeatedTest(20)
  void instancesThatMakeTheFileAtOnceAllKeepTheOneThatStands() throws Exception {
    Path file = directory.resolve("admin-token");
    CyclicBarrier together = new CyclicBarrier(INSTANCES);
    Callable<AdminToken> start =
        () -> {
          together.await(10, TimeUnit.SECONDS);
          return new AdminToken(file, new SecureRandom());
        };
    List<AdminToken> tokens = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(INSTANCES)) {
      for (Future<AdminToken> started :
          threads.invokeAll(Stream.generate(() -> start).limit(INSTANCES).toList())) {
        tokens.add(started.get());
      }
    }

    String standing = "Bearer " + Files.readString(file).strip();
    assertThat(tokens).hasSize(INSTANCES).allMatch(token -> token.isCarriedBy(standing));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }
}
