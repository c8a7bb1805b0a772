package io.keypost.client.mime;

import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that a user gives as a message: looked at before anything is done with it. */
public final class MessageFile {
  private MessageFile() {}

  /**
   * The header of a message that may be sent. It need not be a fine one, and its body may be empty;
   * but a file without a {@code From} is something else (RFC 5322 section 3.6), as a picture is.
   *
   * @param file may be read more than once
   * @param name what its user calls it
   * @throws RefusedException {@code message_malformed} when it is no message
   * @throws UncheckedIOException when it cannot be read
   */
  public static ForeignHeaders header(Path file, String name) {
    PrivateFiles.requireReadable(file);
    ForeignHeaders header = read(file);
    if (header.all("From").isEmpty()) {
      throw RefusedException.of(
          RefusalCode.MESSAGE_MALFORMED,
          name
              + " is no RFC 5322 message: that is a text whose first lines are its header, as"
              + " \"From: you@example.org\" and \"Subject: hello\"; then comes an empty line, and"
              + " then what you write. Here is no From");
    }
    return header;
  }

  /** As {@link #header}, for who needs nothing of it. */
  public static void requireMessage(Path file) {
    header(file, file.toString());
  }

  private static ForeignHeaders read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return ForeignHeaders.read(in);
    } catch (RefusedException noHeader) {
      return new ForeignHeaders(List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
