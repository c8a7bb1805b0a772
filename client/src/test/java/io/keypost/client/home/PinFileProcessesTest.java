package io.keypost.client.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two commands that are run at once share the file of remembered pins. */
class PinFileProcessesTest {
  private static final int PROCESSES = 2;
  private static final int DOMAINS = 40;
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir private Path home;

  @Test
  void whatTwoProcessesRememberAtOnceIsAllThereAfterwards() throws Exception {
    Path file = home.resolve("pins.json");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start(file, i));
    }
    for (Process process : processes) {
      assertThat(reader(process).readLine()).isEqualTo("ready");
    }
    for (Process process : processes) {
      try (Writer go = process.outputWriter()) {
        go.write("go\n");
      }
    }
    for (Process process : processes) {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }

    PinFile pins = new PinFile(file);
    for (int process = 0; process < PROCESSES; process++) {
      for (int i = 0; i < DOMAINS; i++) {
        MailDomain domain = domain(process, i);
        assertThat(pins.recall(domain).toCompletableFuture().join())
            .as("%s", domain)
            .contains(pin(domain));
      }
    }
  }

  private static Process start(Path file, int number) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Remembering.class.getName(),
            file.toString(),
            Integer.toString(number))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader reader(Process process) {
    return process.inputReader();
  }

  /** What each of the processes does. */
  static final class Remembering {
    private Remembering() {}

    /** Remembers its domains, each at the first try, when it is told to go. */
    public static void main(String[] arguments) throws IOException {
      PinFile pins = new PinFile(Path.of(arguments[0]));
      System.out.println("ready");
      System.in.read();
      for (int i = 0; i < DOMAINS; i++) {
        MailDomain domain = domain(Integer.parseInt(arguments[1]), i);
        if (!pins.replace(domain, Optional.empty(), pin(domain)).toCompletableFuture().join()) {
          throw new IllegalStateException("somebody else remembered " + domain);
        }
      }
    }
  }

  private static MailDomain domain(int process, int number) {
    return MailDomain.parse("d" + number + ".p" + process + ".test");
  }

  private static RememberedPin pin(MailDomain domain) {
    return new RememberedPin(
        Digest.sha256(Bytes.utf8(domain.value())),
        1,
        NOW.plusSeconds(3600),
        new FirstSight(NOW, FirstSight.By.DNSSEC));
  }
}
