package io.keypost.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.refusal.RefusalCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/protocol.md, the code and the tests together: a requirement in force that no test
 * cites is not known to be met, and a refusal code that the text does not list is no part of the
 * protocol.
 */
class SpecificationTest {
  private static final Path SPECIFICATION = Sources.ROOT.resolve("docs").resolve("protocol.md");

  /** How a requirement in force begins. */
  private static final Pattern IN_FORCE = Pattern.compile("^- \\*\\*(KP-[A-Z]{3}-\\d+)\\*\\* ");

  /** How a row of the table of what is not yet in force begins. */
  private static final Pattern NOT_YET_IN_FORCE = Pattern.compile("^\\| (KP-[A-Z]{3}-\\d+) \\|");

  /** How a row of the table of what no test cites begins. */
  private static final Pattern WITHOUT_TEST = Pattern.compile("^\\| `(KP-[A-Z]{3}-\\d+)` \\|");

  /** A citation in words, and one in the name of a method. */
  private static final Pattern CITATION =
      Pattern.compile("KP-(?<words>[A-Z]{3}-\\d+)|Kp(?<area>[A-Z][a-z]{2})(?<number>\\d+)");

  private static final Pattern REFUSAL_ROW =
      Pattern.compile("^\\| `([a-z_]+)` \\| `([A-Z_]+)` \\| ([a-z]+) \\| (.+) \\|$");

  @Test
  void everyRequirementStandsOnce() {
    List<String> all = new ArrayList<>(find(IN_FORCE));
    all.addAll(find(NOT_YET_IN_FORCE));
    assertThat(all).hasSizeGreaterThan(100).doesNotHaveDuplicates();
  }

  @Test
  void everyRequirementInForceIsCitedByATestOrListedAsWithout() {
    Set<String> uncited = new TreeSet<>(find(IN_FORCE));
    uncited.removeAll(citations("test").keySet());
    find(WITHOUT_TEST).forEach(uncited::remove);
    assertThat(uncited).as("requirements of docs/protocol.md that no test cites").isEmpty();
  }

  @Test
  void onlyRequirementsInForceAreListedAsWithoutTest() {
    assertThat(find(IN_FORCE)).containsAll(find(WITHOUT_TEST));
  }

  @Test
  void whatIsNotYetInForceIsCitedByNoTest() {
    Map<String, Set<Path>> cited = citations("test");
    cited.keySet().retainAll(find(NOT_YET_IN_FORCE));
    assertThat(cited).as("requirements that are tested and can be put into force").isEmpty();
  }

  @Test
  void nothingCitesARequirementThatIsNone() {
    Map<String, Set<Path>> cited = citations("test");
    citations("main").forEach((id, files) -> cited.merge(id, files, Sources::union));
    find(IN_FORCE).forEach(cited::remove);
    find(NOT_YET_IN_FORCE).forEach(cited::remove);
    assertThat(cited).as("citations of requirements that docs/protocol.md does not have").isEmpty();
  }

  @Test
  void theTableOfRefusalCodesIsThatOfTheCodeByKpRef2() {
    List<String> table =
        lines()
            .map(REFUSAL_ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> String.join(" | ", row.group(1), row.group(2), row.group(3), row.group(4)))
            .toList();
    assertThat(table)
        .as("the table \"Refusal codes\" of docs/protocol.md, in the order of RefusalCode")
        .containsExactlyElementsOf(
            Arrays.stream(RefusalCode.values())
                .map(
                    code ->
                        String.join(
                            " | ",
                            code.wire(),
                            code.kind().name(),
                            code.scope().name().toLowerCase(Locale.ROOT),
                            code.text()))
                .toList());
  }

  private static List<String> find(Pattern beginning) {
    return lines()
        .map(beginning::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  /** Ids cited in the sources of all modules below {@code src/<kind>}, with the files. */
  private static Map<String, Set<Path>> citations(String kind) {
    Map<String, Set<Path>> citations = new TreeMap<>();
    for (Path file : Sources.below(kind)) {
      if (!file.endsWith("SpecificationTest.java")) {
        CITATION
            .matcher(Sources.read(file))
            .results()
            .map(SpecificationTest::id)
            .forEach(
                id ->
                    citations
                        .computeIfAbsent(id, i -> new TreeSet<>())
                        .add(Sources.ROOT.relativize(file)));
      }
    }
    return citations;
  }

  private static String id(MatchResult citation) {
    return citation.group("words") != null
        ? "KP-" + citation.group("words")
        : "KP-" + citation.group("area").toUpperCase(Locale.ROOT) + "-" + citation.group("number");
  }

  private static Stream<String> lines() {
    return Sources.read(SPECIFICATION).lines();
  }
}
