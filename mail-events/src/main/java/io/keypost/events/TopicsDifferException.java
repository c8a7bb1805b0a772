package io.keypost.events;

import java.util.List;
import java.util.stream.Collectors;

/** The topics at the broker are not as declared; the message lists every difference. */
public final class TopicsDifferException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<TopicDifference> differences;

  TopicsDifferException(List<TopicDifference> differences) {
    super(
        differences.stream()
            .map(TopicDifference::describe)
            .collect(
                Collectors.joining(
                    "; ", "topics are not as declared (run: keypost topics apply): ", "")));
    this.differences = List.copyOf(differences);
  }

  /** What differs, by topic in the order of the table. */
  public List<TopicDifference> differences() {
    return differences;
  }
}
