package io.keypost.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.stack.servers.FreePorts;
import io.keypost.stack.servers.Guardian;
import io.keypost.stack.servers.JavaExecutable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final LinkedBlockingQueue<Integer> unexpected = new LinkedBlockingQueue<>();
  private Guardian guardian;
  private ServiceProcess service;

  @BeforeEach
  void startGuard() throws IOException {
    guardian = Guardian.start();
  }

  @AfterEach
  void endAll() throws IOException {
    if (service != null) {
      service.kill();
    }
    guardian.close();
  }

  private ServiceProcess process(int probeStatus) {
    int port = FreePorts.choose(1).getFirst();
    service =
        new ServiceProcess(
            "alpha.test",
            ServiceName.ROUTER,
            List.of(
                JavaExecutable.path(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ProbedProgram.class.getName(),
                Integer.toString(port),
                Integer.toString(probeStatus)),
            directory.resolve("logs/router.log"),
            URI.create("http://127.0.0.1:" + port),
            guardian,
            (ended, status) -> unexpected.add(status));
    return service;
  }

  @Test
  void isReadyWhenItsProbeSaysSoAndCanBeKilledAndStartedAgain() {
    var router = process(200);
    router.start();
    router.awaitReady(SOON);
    assertThat(router.residentBytes()).isGreaterThan(1 << 20);
    assertThatThrownBy(router::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("runs already");
    long first = router.pid();

    router.kill();
    assertThat(ProcessHandle.of(first)).isEmpty();
    router.start();
    router.awaitReady(SOON);
    assertThat(router.pid()).isNotEqualTo(first);

    router.stop();
    assertThat(router.isAlive()).isFalse();
    assertThat(unexpected).as("ends that nobody asked for").isEmpty();
  }

  @Test
  void saysThatItEndedByItselfAndShowsItsLog() throws InterruptedException {
    var router = process(0);
    router.start();

    assertThat(unexpected.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(3);
    assertThatThrownBy(() -> router.awaitReady(SOON))
        .hasMessageContaining("alpha.test router ended")
        .hasMessageContaining("cannot start");
  }

  @Test
  void saysWhenItIsNotReadyInTime() {
    var router = process(503);
    router.start();

    assertThatThrownBy(() -> router.awaitReady(Duration.ofSeconds(3)))
        .hasMessageContaining("not ready within 3 s");
  }

  @Test
  void doesNotOutliveItsGuard() throws Exception {
    var router = process(200);
    router.start();
    router.awaitReady(SOON);
    var handle = ProcessHandle.of(router.pid()).orElseThrow();

    guardian.close();

    handle.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(handle.isAlive()).isFalse();
  }
}
