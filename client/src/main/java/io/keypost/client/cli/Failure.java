package io.keypost.client.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/**
 * What ended a command and is no refusal, in words. The codes are this program's own
 * (docs/client.md, "Exit status"); none is one of the protocol's.
 *
 * @param code stable, as those of refusals are
 * @param detail what was wrong, with the file's name
 * @param advice what to do; empty when there is nothing better than what the detail says
 */
record Failure(String code, String detail, String advice) {
  /** Nobody looks for a cause further down than this. */
  private static final int MAX_CAUSES = 20;

  static Failure of(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof FileSystemException file) {
        return of(file);
      }
      cause = cause.getCause();
    }
    return error instanceof IOException || error.getCause() instanceof IOException
        ? new Failure("io_failed", "reading or writing failed" + said(error), "")
        : new Failure(
            "fault",
            "this is a fault of Keypost, not yours ("
                + error.getClass().getSimpleName()
                + said(error)
                + ")",
            "Please report it, with what " + Environment.TRACE_VARIABLE + "=1 shows of it.");
  }

  private static Failure of(FileSystemException error) {
    String file = Objects.requireNonNullElse(error.getFile(), "a file");
    return switch (error) {
      case NoSuchFileException gone ->
          new Failure("file_missing", "there is no file " + file, "Check the file's name.");
      case AccessDeniedException denied ->
          new Failure("file_denied", "you may not use " + file, "Check whose it is, and its mode.");
      default ->
          new Failure(
              "file_unusable",
              file + ": " + Objects.requireNonNullElse(error.getReason(), "it cannot be used"),
              "");
    };
  }

  /** The innermost words, which say most, without the names of classes. */
  private static String said(Throwable error) {
    Throwable innermost = error;
    for (int depth = 0; innermost.getCause() != null && depth < MAX_CAUSES; depth++) {
      innermost = innermost.getCause();
    }
    return innermost.getMessage() == null ? "" : ": " + innermost.getMessage();
  }
}
