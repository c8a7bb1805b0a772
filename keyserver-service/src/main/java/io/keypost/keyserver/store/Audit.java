package io.keypost.keyserver.store;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Writes the audit log, in the transaction of the change that it tells of. */
@Singleton
public class Audit {
  /** Actor of what the service does by itself. */
  public static final String SERVICE = "service";

  /** Actor of the operators' API: whoever holds the admin token. */
  public static final String OPERATOR = "operator";

  private static final int MAX_SUBJECT_CHARACTERS = 400;
  private static final int MAX_DETAIL_CHARACTERS = 1000;

  private final InstantSource clock;

  @Inject
  Audit(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Adds an entry.
   *
   * @param actor who, as {@link AuditEntryRow#actor}
   * @param action what was done, in words with dashes
   * @param subject to what
   * @param detail how; no secrets
   */
  public Uni<Void> add(String actor, String action, String subject, String detail) {
    AuditEntryRow entry = new AuditEntryRow();
    entry.at = clock.instant();
    entry.actor = actor;
    entry.action = action;
    entry.subject = cut(subject, MAX_SUBJECT_CHARACTERS);
    entry.detail = cut(detail, MAX_DETAIL_CHARACTERS);
    return entry.persist().replaceWithVoid();
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
