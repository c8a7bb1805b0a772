package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A one-time code for one address, known here by its digest only. */
@Entity
@Table(name = "enrolment_code")
public class EnrolmentCodeRow extends PanacheEntityBase {
  /** SHA-256 of the code. */
  @Id
  @Column(name = "digest")
  public byte[] digest;

  /** Domain of the address. */
  @Column(name = "domain", nullable = false)
  public String domain;

  /** Its local part. */
  @Column(name = "local", nullable = false)
  public String local;

  /** Whether it lets another primary key take the place of the last without its word. */
  @Column(name = "replaces_key", nullable = false)
  public boolean replacesKey;

  /** When it was given. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** When it ends unused. */
  @Column(name = "expires", nullable = false)
  public Instant expires;

  /** When it was used. */
  @Column(name = "used")
  public @Nullable Instant used;
}
