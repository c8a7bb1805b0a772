package io.keypost.delivery.kafka;

import io.keypost.protocol.refusal.RefusedException;
import io.vertx.pgclient.PgException;
import java.util.Set;

/** Whether trying again may help. */
final class Faults {
  /** SQLSTATE classes (PostgreSQL, appendix A): data exception, integrity violation. */
  private static final Set<String> CONTENT = Set.of("22", "23");

  private Faults() {}

  /**
   * Whether the events are at fault, or this program is with these events; otherwise something that
   * it needs is away.
   */
  static boolean areInTheContent(RuntimeException e) {
    return switch (e) {
      case PgException failed ->
          failed.getSqlState() != null && CONTENT.contains(failed.getSqlState().substring(0, 2));
      case RefusedException refused -> !refused.isTemporary();
      case IllegalArgumentException _,
          NullPointerException _,
          ClassCastException _,
          IndexOutOfBoundsException _,
          ArithmeticException _ ->
          true;
      default -> false;
    };
  }
}
