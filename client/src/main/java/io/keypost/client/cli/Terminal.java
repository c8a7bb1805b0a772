package io.keypost.client.cli;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The person at the terminal, when there is one. */
interface Terminal {
  /** Asks for a line that may be seen; null at the end of input. */
  @Nullable String ask(String prompt);

  /** Asks for what must not be seen; null at the end of input. */
  char @Nullable [] askSecret(String prompt);

  /** That of this process; empty when it has none. */
  static Optional<Terminal> ofProcess() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).map(OfConsole::new);
  }

  /** A person at the machine's own terminal. */
  record OfConsole(Console console) implements Terminal {
    @Override
    public @Nullable String ask(String prompt) {
      return console.readLine("%s", prompt);
    }

    @Override
    public char @Nullable [] askSecret(String prompt) {
      return console.readPassword("%s", prompt);
    }
  }
}
