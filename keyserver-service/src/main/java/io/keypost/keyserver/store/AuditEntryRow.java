package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.quarkus.panache.common.Page;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;

/** Who changed what, when; append-only, which a trigger holds. */
@Entity
@Table(name = "audit_entry")
public class AuditEntryRow extends PanacheEntityBase {
  /** Most entries in one answer. */
  public static final int MAX_PAGE_ENTRIES = 500;

  /** Rises, with gaps; not in the order of commit between instances. */
  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "audit_entry_seq")
  @SequenceGenerator(
      name = "audit_entry_seq",
      sequenceName = "audit_entry_seq",
      allocationSize = 50)
  @Column(name = "id")
  public Long id;

  /** When. */
  @Column(name = "at", nullable = false)
  public Instant at;

  /** Who: {@code operator} (the admin token), {@code user:<address>}, {@code service}. */
  @Column(name = "actor", nullable = false)
  public String actor;

  /** What was done. */
  @Column(name = "action", nullable = false)
  public String action;

  /** To what. */
  @Column(name = "subject", nullable = false)
  public String subject;

  /** How; no secrets. */
  @Column(name = "detail", nullable = false)
  public String detail;

  /** The newest entries, newest first. */
  public static Uni<List<AuditEntryRow>> newest(int count) {
    return AuditEntryRow.<AuditEntryRow>find("order by at desc, id desc")
        .page(Page.ofSize(Math.clamp(count, 1, MAX_PAGE_ENTRIES)))
        .list();
  }
}
