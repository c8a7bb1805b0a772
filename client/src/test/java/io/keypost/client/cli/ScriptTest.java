package io.keypost.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code ./keypost} of a checkout where nothing is built yet. */
class ScriptTest {
  private static final Path ROOT = Path.of(System.getProperty("keypost.root"));

  @TempDir private Path checkout;

  @BeforeEach
  void aFreshCheckout() throws IOException {
    Files.copy(ROOT.resolve("keypost"), checkout.resolve("keypost"));
    Files.copy(ROOT.resolve("pom.xml"), checkout.resolve("pom.xml"));
  }

  /** What a run came to. */
  private record Ended(int status, String said) {}

  private Ended run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", checkout.resolve("keypost").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Whatever it wants to build or to run, it would have to find one of these first.
    builder.environment().put("JAVA_HOME", checkout.toString());
    Path said = checkout.resolve("said");
    Process process = builder.redirectOutput(said.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(said));
  }

  @ParameterizedTest
  @CsvSource({
    "dmeo, demo",
    "staus, status",
    "tests, test",
    "sned, send",
    "whos, whois",
    "enroll, enrol",
    "operater, operator"
  })
  void aMistypedWordIsToldWithWhatWasMeantAndBuildsNothing(String typed, String meant)
      throws Exception {
    Ended ended = run(typed, "x");

    assertThat(ended.said()).startsWith("keypost: there is no word " + typed).contains(meant);
    assertThat(ended.status()).isEqualTo(KeypostCommand.WRONG_USAGE);
    assertThat(checkout.resolve("target")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help", "send --help", "demo --help", "topics apply -h"})
  void helpIsGivenWithoutABuild(String line) throws Exception {
    Ended ended = run(line.split(" "));

    assertThat(ended.said()).contains("usage: ./keypost WORD");
    assertThat(ended.status()).isZero();
    assertThat(checkout.resolve("target")).doesNotExist();
  }

  @Test
  void itsVersionIsKnownWithoutABuild() throws Exception {
    assertThat(run("--version").said()).startsWith("Keypost ").contains("not built");
  }

  @Test
  void itKnowsTheWordsOfTheClientAndItsOwn() throws IOException {
    assertThat(words("client_words"))
        .containsExactlyInAnyOrderElementsOf(
            KeypostCommand.line(new Commands().environment()).getSubcommands().keySet());
    assertThat(words("own_words"))
        .containsExactlyInAnyOrderElementsOf(DocumentedCommandsTest.WORDS_OF_THE_SCRIPT);
  }

  @Test
  void itTakesEveryWordThatIsItsOwnAndNamesAllInItsHelp() throws Exception {
    String script = Files.readString(ROOT.resolve("keypost"));
    String taken = script.substring(script.indexOf("\ncase "));
    List<String> taking =
        Pattern.compile("(?m)^  ([a-z| -]+)\\)$|^  ([a-z| -]+)\\) ")
            .matcher(taken)
            .results()
            .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
            .flatMap(words -> Stream.of(words.split("[ |]+")))
            .toList();
    assertThat(taking).containsAll(words("own_words"));
    assertThat(run("help").said()).contains(words("own_words")).contains(words("client_words"));
  }

  private static List<String> words(String variable) throws IOException {
    Matcher line =
        Pattern.compile("(?m)^" + variable + "=\"([a-z ]+)\"$")
            .matcher(Files.readString(ROOT.resolve("keypost"), StandardCharsets.UTF_8));
    assertThat(line.find()).as(variable).isTrue();
    return Pattern.compile("[a-z]+")
        .matcher(line.group(1))
        .results()
        .map(MatchResult::group)
        .toList();
  }
}
