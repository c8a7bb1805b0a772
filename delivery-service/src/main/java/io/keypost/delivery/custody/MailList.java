package io.keypost.delivery.custody;

import io.keypost.protocol.Digest;
import java.time.Instant;
import java.util.Optional;

/** How the mail of a mailbox is listed. */
public final class MailList {
  private MailList() {}

  /**
   * Which mail.
   *
   * @param receivedBefore only what came before this instant
   * @param receivedFrom only what came at or after this instant
   */
  public record Window(Optional<Instant> receivedBefore, Optional<Instant> receivedFrom) {
    /** Everything. */
    public static final Window ALL = new Window(Optional.empty(), Optional.empty());
  }

  /** Order by when the server took it. */
  public enum Order {
    /** Newest first. */
    NEWEST_FIRST,
    /** Oldest first. */
    OLDEST_FIRST
  }

  /** A change of a mailbox: what was created by it. */
  public record Change(long seq, Digest created) {}
}
