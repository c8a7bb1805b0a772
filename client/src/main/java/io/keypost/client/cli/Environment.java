package io.keypost.client.cli;

import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What commands get from outside, so that tests can give it.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param variables environment variables
 * @param terminal the person, when there is one
 */
record Environment(
    InstantSource clock,
    SecureRandom random,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> variables,
    Optional<Terminal> terminal) {
  /** Variable that has the stack trace of an error shown, for whoever looks for a fault. */
  static final String TRACE_VARIABLE = "KEYPOST_TRACE";

  /** Variable that holds the passphrase. */
  static final String PASSPHRASE_VARIABLE = "KEYPOST_PASSPHRASE";

  /** A passphrase that is asked for, or comes from a file or variable. */
  char[] passphrase(@Nullable Path file) {
    return given(file)
        .or(() -> Optional.ofNullable(prompt("Passphrase: ")))
        .filter(p -> p.length > 0)
        .orElseThrow(Environment::noPassphrase);
  }

  /** A new passphrase: a person types it twice. */
  char[] newPassphrase(@Nullable Path file) {
    Optional<char[]> given = given(file);
    if (given.isPresent()) {
      return given.filter(p -> p.length > 0).orElseThrow(Environment::noPassphrase);
    }
    char @Nullable [] first = prompt("New passphrase: ");
    char @Nullable [] second = prompt("The same again: ");
    if (first == null || second == null || first.length == 0) {
      throw noPassphrase();
    }
    if (!Arrays.equals(first, second)) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "the two passphrases differ");
    }
    return first;
  }

  private Optional<char[]> given(@Nullable Path file) {
    if (file != null) {
      return Optional.of(PrivateFiles.text(file).strip().toCharArray());
    }
    return Optional.ofNullable(variables.get(PASSPHRASE_VARIABLE)).map(String::toCharArray);
  }

  private char @Nullable [] prompt(String text) {
    return terminal.isEmpty() ? null : terminal.get().askSecret(text);
  }

  private static RefusedException noPassphrase() {
    return RefusedException.of(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "no passphrase: use --passphrase-file, " + PASSPHRASE_VARIABLE + " or a terminal");
  }

  void say(String line) {
    out.println(line);
  }

  /** Octets as they are, to standard output. */
  void write(Bytes octets) {
    try {
      OutputStream raw = out;
      octets.writeTo(raw);
      raw.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
