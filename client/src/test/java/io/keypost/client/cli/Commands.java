package io.keypost.client.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs command lines in this process and keeps what they say. */
final class Commands {
  static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  static final SecureRandom RANDOM = new SecureRandom();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> variables =
      new HashMap<>(Map.of(Environment.PASSPHRASE_VARIABLE, "correct horse"));
  private InputStream in = InputStream.nullInputStream();
  private @Nullable Terminal terminal;

  /** At this terminal from now on. */
  void at(Terminal person) {
    terminal = person;
  }

  /** With this standard input from now on. */
  void given(byte[] octets) {
    in = new ByteArrayInputStream(octets);
  }

  /** Without a passphrase from now on: a command that gets so far says that it has none. */
  void withoutPassphrase() {
    variables.remove(Environment.PASSPHRASE_VARIABLE);
  }

  int run(String... arguments) {
    return KeypostCommand.run(environment(), arguments);
  }

  /** As {@link #run(String...)} with the words of {@code line}; {@code DIR} is a directory. */
  int runIn(Path directory, String line) {
    return run(line.replace("DIR", directory.toString()).split(" "));
  }

  Environment environment() {
    return new Environment(
        InstantSource.fixed(NOW),
        RANDOM,
        in,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        variables,
        Optional.ofNullable(terminal));
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  List<String> errorLines() {
    return err().lines().toList();
  }
}
