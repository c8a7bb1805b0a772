package io.keypost.client.cli;

import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command gets the recovery code, or hands on a new one. */
final class RecoveryOptions {
  private static final int TRIES = 3;

  @Option(
      names = "--recovery-file",
      paramLabel = "FILE",
      description =
          "Holds the recovery code; a command that makes one writes it there and asks nothing"
              + " (default: the terminal).")
  private @Nullable Path file;

  /** The code that the user kept. */
  RecoveryCode kept(Environment environment) {
    if (file != null) {
      try {
        return RecoveryCode.parse(Files.readString(file));
      } catch (IOException e) {
        throw new UncheckedIOException("the file of the recovery code", e);
      }
    }
    String typed =
        environment.terminal().map(terminal -> terminal.ask("Recovery code: ")).orElse(null);
    if (typed == null) {
      throw noTerminal();
    }
    return RecoveryCode.parse(typed);
  }

  /**
   * Refuses before anything is made or published: a code that nobody gets to see is lost.
   *
   * @throws RefusedException {@code secret_key_unusable} without a file or a terminal, {@code
   *     conflict} when the file is there already
   */
  void requireWayOut(Environment environment) {
    if (file != null && Files.exists(file)) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, file + " is there already: a recovery code is not written over");
    }
    if (file == null && environment.terminal().isEmpty()) {
      throw noTerminal();
    }
  }

  /** A new code, which the user has kept when this returns. */
  RecoveryCode fresh(Environment environment) {
    requireWayOut(environment);
    RecoveryCode code = RecoveryCode.generate(environment.random());
    if (file != null) {
      PrivateFiles.write(file, String.join(" ", code.words()) + "\n");
      environment.say(
          "The recovery code is in " + file + ": keep it apart from this device's files.");
      return code;
    }
    environment.say("Your recovery code. Write it down now: it is shown this once.");
    environment.say("With it, and with nothing else, you add devices and go on when all are lost.");
    environment.say("");
    for (int at = 0; at < RecoveryCode.WORDS; at++) {
      environment.say("  %2d  %s".formatted(at + 1, code.words().get(at)));
    }
    environment.say("");
    prove(environment, code);
    return code;
  }

  /** Whoever has not written the words down finds that out now, and not when they are needed. */
  private static void prove(Environment environment, RecoveryCode code) {
    Terminal terminal = environment.terminal().orElseThrow(RecoveryOptions::noTerminal);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      String typed = terminal.ask("Type the twelve words, from what you wrote down: ");
      if (typed == null) {
        break;
      }
      try {
        if (RecoveryCode.parse(typed).equals(code)) {
          return;
        }
        environment.say("These are the words of another code.");
      } catch (RefusedException e) {
        environment.say(e.refusal().detail() + ".");
      }
    }
    throw RefusedException.of(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "the recovery code was not typed back: nothing was published");
  }

  private static RefusedException noTerminal() {
    return RefusedException.of(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "no terminal for the recovery code: say --recovery-file FILE");
  }
}
