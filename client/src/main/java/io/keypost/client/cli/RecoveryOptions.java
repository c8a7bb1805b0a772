package io.keypost.client.cli;

import io.keypost.client.home.ClientHome;
import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
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

  /**
   * The code that the user kept. A file is read at once, so that a wrong one is found out before
   * anything else is asked for; a person is asked when the code is needed.
   *
   * @throws RefusedException {@code secret_key_unusable} without a file or a terminal, or when the
   *     file holds no code
   */
  Supplier<RecoveryCode> kept(Environment environment) {
    if (file != null) {
      RecoveryCode code = read(file);
      return () -> code;
    }
    Terminal terminal = environment.terminal().orElseThrow(RecoveryOptions::noTerminal);
    return () -> {
      String typed = terminal.ask("Recovery code: ");
      if (typed == null) {
        throw noTerminal();
      }
      return RecoveryCode.parse(typed);
    };
  }

  private static RecoveryCode read(Path file) {
    try {
      return RecoveryCode.parse(PrivateFiles.text(file));
    } catch (RefusedException e) {
      throw RefusedException.of(e.code(), file + ": " + e.refusal().detail(), e);
    }
  }

  /**
   * Refuses before anything is made or published: a code that nobody gets to see is lost.
   *
   * @param home of the device that is to be set up
   * @throws RefusedException {@code secret_key_unusable} without a file or a terminal, {@code
   *     conflict} when the file is there already and no attempt in this home made it
   */
  void requireWayOut(Environment environment, ClientHome home) {
    if (earlier(home).isPresent()) {
      return;
    }
    if (file != null && Files.exists(file)) {
      throw RefusedException.of(
          RefusalCode.CONFLICT,
          file
              + " is there already, and a recovery code is not written over: name another file, or"
              + " delete it if what it holds opens nothing");
    }
    if (file == null && environment.terminal().isEmpty()) {
      throw noTerminal();
    }
  }

  /**
   * The code of an attempt in this home that came to no end: whatever became of it at the key
   * server, the file still opens it, and the same command may be said again.
   */
  private Optional<RecoveryCode> earlier(ClientHome home) {
    return file != null && home.isUnfinished() && Files.exists(file)
        ? Optional.of(read(file))
        : Optional.empty();
  }

  /** A new code, or that of an attempt before, which the user has kept when this returns. */
  RecoveryCode fresh(Environment environment, ClientHome home) {
    requireWayOut(environment, home);
    Optional<RecoveryCode> earlier = earlier(home);
    if (earlier.isPresent()) {
      environment.say("The recovery code in " + file + ", of the attempt before, is taken again.");
      return earlier.get();
    }
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
