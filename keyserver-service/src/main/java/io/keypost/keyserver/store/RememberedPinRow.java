package io.keypost.keyserver.store;

import io.keypost.directory.pin.FirstSight;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** What is remembered of one domain; written by statements of its own, never through this. */
@Entity
@Table(name = "remembered_pin")
public class RememberedPinRow extends PanacheEntityBase {
  /** Canonical name. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Digest of the root key. */
  @Column(name = "root", nullable = false)
  public byte[] root;

  /** Of the newest root statement that was verified. */
  @Column(name = "gen", nullable = false)
  public long gen;

  /** Until when the pin may be followed without a secure answer. */
  @Column(name = "remembered_until", nullable = false)
  public Instant rememberedUntil;

  /** When the domain was first seen. */
  @Column(name = "first_seen", nullable = false)
  public Instant firstSeen;

  /** What its root was believed by then. */
  @Enumerated(EnumType.STRING)
  @Column(name = "first_seen_by", nullable = false)
  public FirstSight.By firstSeenBy;

  /** When this row last changed. */
  @Column(name = "changed", nullable = false)
  public Instant changed;
}
