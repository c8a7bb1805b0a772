package io.keypost.keyserver.record;

import io.keypost.protocol.record.RecordKind;
import java.time.Duration;

/** After what time a record is signed anew though it still says the same. */
public final class Refresh {
  /** Domain records live 7 days. */
  public static final Duration DOMAIN = Duration.ofDays(1);

  /** Address records live 24 hours. */
  public static final Duration ADDRESS = Duration.ofHours(8);

  /** Server records live 24 hours, and change with every server that comes or goes. */
  public static final Duration SERVERS = Duration.ofMinutes(5);

  /** Revocations live 24 hours. */
  public static final Duration REVOCATIONS = Duration.ofMinutes(10);

  private Refresh() {}

  /** How long a signed record of this kind is handed out before it is signed anew. */
  public static Duration after(RecordKind kind) {
    return switch (kind) {
      case DOMAIN -> DOMAIN;
      case ADDRESS -> ADDRESS;
      case SERVERS -> SERVERS;
      case REVOCATIONS -> REVOCATIONS;
      case ROOT, CONSENT, RECEIPT ->
          throw new IllegalArgumentException(kind + " is not signed anew here");
    };
  }
}
