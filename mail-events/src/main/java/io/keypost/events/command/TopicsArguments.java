package io.keypost.events.command;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What {@link TopicsCommand} was asked to do. */
sealed interface TopicsArguments {

  /** The provider file. */
  Path config();

  /** Create what is missing. */
  record Apply(Path config) implements TopicsArguments {}

  /** Compare only. */
  record Check(Path config) implements TopicsArguments {}

  /** Write one dead letter back. */
  record Replay(Path config, int partition, long offset) implements TopicsArguments {}

  /** Reads a word and its options. */
  static TopicsArguments parse(String... arguments) {
    if (arguments.length == 0) {
      throw new UsageException("say what to do");
    }
    return switch (arguments[0]) {
      case "apply" -> new Apply(file(options(arguments, Set.of("--config"))));
      case "check" -> new Check(file(options(arguments, Set.of("--config"))));
      case "replay" -> {
        Map<String, String> options =
            options(arguments, Set.of("--config", "--partition", "--offset"));
        yield new Replay(
            file(options),
            (int) number(options, "--partition", Integer.MAX_VALUE),
            number(options, "--offset", Long.MAX_VALUE));
      }
      default -> throw new UsageException("no such word: " + arguments[0]);
    };
  }

  private static Map<String, String> options(String[] arguments, Set<String> known) {
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i < arguments.length; i += 2) {
      if (!known.contains(arguments[i])
          || i + 1 == arguments.length
          || options.put(arguments[i], arguments[i + 1]) != null) {
        throw new UsageException("unknown, doubled or without a value: " + arguments[i]);
      }
    }
    return options;
  }

  private static Path file(Map<String, String> options) {
    String file = options.get("--config");
    if (file == null) {
      throw new UsageException("--config is missing");
    }
    return Path.of(file);
  }

  private static long number(Map<String, String> options, String name, long max) {
    String value = options.get(name);
    try {
      long number = Long.parseLong(value == null ? "" : value);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new UsageException(name + " takes a number", e);
    }
    throw new UsageException(name + " is out of range");
  }

  /** The command was used wrongly. */
  final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }

    UsageException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
