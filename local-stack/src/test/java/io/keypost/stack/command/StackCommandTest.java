package io.keypost.stack.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.stack.StackState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StackCommandTest {

  @TempDir private Path directory = Path.of("");
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream usualOut = System.out;
  private final PrintStream usualErr = System.err;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(printed, true, UTF_8));
    System.setErr(new PrintStream(printed, true, UTF_8));
  }

  @AfterEach
  void leave() {
    System.setOut(usualOut);
    System.setErr(usualErr);
  }

  @Test
  void refusesProvidersThatAreNoDomainsBeforeAnythingStarts() {
    assertThat(run("up", "--providers", "foo bar")).isEqualTo(2);
    assertThat(run("up", "--providers", "alpha.test,Alpha.test")).isEqualTo(2);
    assertThat(run("up", "--providers", "localhost")).isEqualTo(2);

    assertThat(printed.toString(UTF_8))
        .contains(
            "\"foo bar\" is no domain", "names Alpha.test twice", "\"localhost\" is no domain");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void doesNotTakeOtherProvidersForTheOnesThatRun() throws Exception {
    running(ProcessHandle.current()).write(directory);

    assertThat(run("up", "--providers", "gamma.test")).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("alpha.test and beta.test run already");
    assertThat(run("up", "--providers", "alpha.test,beta.test")).isZero();
  }

  @Test
  void saysWhereWhatRunsAnswersAndThatItIsNotReady() throws Exception {
    running(ProcessHandle.current()).write(directory);

    assertThat(run("status")).isEqualTo(1);
    assertThat(printed.toString(UTF_8))
        .contains("alpha.test ingress", "https://ingress.alpha.test:4433", "NOT READY")
        .contains("connects out only", "Kafka 127.0.0.1:9092");
  }

  @Test
  void tellsAnEndedProcessFromALaterOneWithItsId() throws Exception {
    var later = running(ProcessHandle.current());
    new StackState(
            later.supervisor(),
            Instant.EPOCH.plusSeconds(1),
            later.providers(),
            later.services(),
            later.servers())
        .write(directory);

    assertThat(run("status")).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("Nothing runs in " + directory);
    assertThat(run("down")).isZero();
    assertThat(StackState.read(directory)).isEmpty();
  }

  private int run(String word, String... arguments) {
    var command = new CommandLine(new StackCommand());
    command.setErr(new PrintWriter(printed, true, UTF_8));
    var all = new String[arguments.length + 3];
    all[0] = word;
    all[1] = "--dir";
    all[2] = directory.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return command.execute(all);
  }

  private StackState running(ProcessHandle process) throws IOException {
    return new StackState(
        process.pid(),
        process.info().startInstant().orElse(Instant.EPOCH),
        List.of("alpha.test", "beta.test"),
        List.of(
            service("ingress", Optional.of(URI.create("https://ingress.alpha.test:4433"))),
            service("router", Optional.empty())),
        "Kafka 127.0.0.1:9092");
  }

  /** Nobody answers at port 1 of the loopback address. */
  private StackState.Service service(String word, Optional<URI> address) {
    return new StackState.Service(
        "alpha.test " + word,
        ProcessHandle.current().pid(),
        address,
        URI.create("http://127.0.0.1:1"),
        directory.resolve(word + ".log"));
  }
}
