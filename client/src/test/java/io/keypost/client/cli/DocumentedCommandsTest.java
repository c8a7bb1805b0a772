package io.keypost.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParseResult;

/** Every command line that the manuals show is one that the command line takes. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of(System.getProperty("keypost.root"));

  /** What the script does itself, without the client. */
  static final List<String> WORDS_OF_THE_SCRIPT =
      List.of("demo", "test", "fuzz", "up", "status", "down", "topics", "build", "help");

  /** The commands of a line, among them {@code docker compose run … keypost …}. */
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|[\\s|;&])(?:\\./)?keypost (?<words>[a-z-].*)");

  private static final Pattern INLINE = Pattern.compile("`(?:\\./)?keypost (?<words>[a-z][^`]*)`");

  /** A word, a word in quotes, or what a shell takes for itself. */
  private static final Pattern TOKEN =
      Pattern.compile("'([^']*)'|\"([^\"]*)\"|([<>|;&#])|([^\\s<>|;&'\"]+)");

  /**
   * A command line of a manual.
   *
   * @param whole whether it is to be typed as it stands, or only names a command in a sentence
   */
  record Shown(String where, List<String> words, Whole whole) {
    @Override
    public String toString() {
      return where + ": " + String.join(" ", words);
    }
  }

  enum Whole {
    TYPED,
    NAMED
  }

  @ParameterizedTest
  @MethodSource("shown")
  void theParserTakesWhatTheManualsShow(Shown shown) {
    ParseResult parsed;
    try {
      parsed = KeypostCommand.line(new Commands().environment()).parseArgs(array(shown));
    } catch (MissingParameterException e) {
      assertThat(shown.whole()).as(e.getMessage()).isEqualTo(Whole.NAMED);
      return;
    }
    List<CommandLine> taken = parsed.asCommandLineList();
    CommandLine last = taken.getLast();
    if (shown.whole() == Whole.NAMED && taken.size() - 1 == shown.words().size()) {
      // Words alone: a sentence is about the command.
      return;
    }
    assertThat(last.getCommand() instanceof Callable<?>)
        .as("a command, and not a group of them")
        .isTrue();
    if (last.getCommand() instanceof OperatorCommands.Asking) {
      assertThat(last.getParseResult().hasMatchedOption("--admin-token-file"))
          .as("without --admin-token-file it is refused")
          .isTrue();
    }
  }

  private static String[] array(Shown shown) {
    return shown.words().toArray(String[]::new);
  }

  @Test
  void theManualsShowCommandsOfEveryKind() throws IOException {
    assertThat(shown().map(shown -> shown.words().getFirst()))
        .contains("root", "operator", "server", "enrol", "whois", "send", "outcomes", "alias");
  }

  static Stream<Shown> shown() throws IOException {
    List<Shown> found = new ArrayList<>();
    for (Path manual : manuals()) {
      boolean fenced = false;
      String begun = "";
      List<String> lines = Files.readAllLines(manual);
      for (int at = 0; at < lines.size(); at++) {
        String line = begun + lines.get(at);
        String where = ROOT.relativize(manual) + " line " + (at + 1);
        begun = "";
        if (line.startsWith("```")) {
          fenced = !fenced;
        } else if (fenced && line.endsWith("\\")) {
          begun = line.substring(0, line.length() - 1);
        } else {
          (fenced ? COMMAND : INLINE)
              .matcher(line)
              .results()
              .flatMap(match -> of(where, match, line).stream())
              .forEach(found::add);
        }
      }
    }
    return found.stream();
  }

  private static List<Path> manuals() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of(ROOT.resolve("README.md")),
              docs.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  private static Optional<Shown> of(String where, MatchResult match, String line) {
    List<String> words = words(match.group(1));
    boolean ofTheClient =
        !words.isEmpty()
            && !WORDS_OF_THE_SCRIPT.contains(words.getFirst())
            && !words.getFirst().startsWith("--help");
    boolean inline = line.startsWith("`", match.start());
    return ofTheClient
        ? Optional.of(new Shown(where, words, inline ? Whole.NAMED : Whole.TYPED))
        : Optional.empty();
  }

  /** Up to what the shell takes for itself; the dots of an abbreviated line are dropped. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (MatchResult token : TOKEN.matcher(text).results().toList()) {
      if (token.group(3) != null) {
        break;
      }
      String word =
          Stream.of(1, 2, 4)
              .map(token::group)
              .filter(group -> group != null)
              .findFirst()
              .orElseThrow();
      if (!word.equals("…") && !word.equals("\\|")) {
        words.add(word);
      }
    }
    return words;
  }
}
