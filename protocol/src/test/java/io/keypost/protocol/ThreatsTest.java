package io.keypost.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/threats.md and the tests together: whoever reads the table learns which tests mount a
 * row, all of them and no other.
 */
class ThreatsTest {
  /** A row: its id first, its tests last. */
  private static final Pattern ROW =
      Pattern.compile("^\\| (T\\d\\d) \\|.*\\|([^|]*)\\|$", Pattern.MULTILINE);

  private static final Pattern NAME = Pattern.compile("`(\\w+Test)`");
  private static final Pattern CITATION = Pattern.compile("\\bT\\d\\d(?=\\b|[A-Z])");

  @Test
  void theTableNamesTheTestsThatCiteEachRow() {
    String table = Sources.read(Sources.ROOT.resolve("docs").resolve("threats.md"));
    Map<String, Set<String>> named =
        ROW.matcher(table)
            .results()
            .collect(
                Collectors.toMap(
                    row -> row.group(1),
                    row -> found(NAME, row.group(2), 1),
                    Sources::union,
                    TreeMap::new));
    assertThat(named).as("rows of docs/threats.md").hasSizeGreaterThan(40);

    Map<String, Set<String>> citing = new TreeMap<>();
    named.keySet().forEach(id -> citing.put(id, new TreeSet<>()));
    for (Path file : Sources.below("test")) {
      String name = file.getFileName().toString().replace(".java", "");
      if (name.endsWith("Test") && !name.equals("ThreatsTest")) {
        for (String id : found(CITATION, Sources.read(file), 0)) {
          citing.computeIfAbsent(id, row -> new TreeSet<>()).add(name);
        }
      }
    }

    assertThat(named).containsExactlyEntriesOf(citing);
  }

  private static Set<String> found(Pattern pattern, String text, int group) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
