package io.keypost.keyserver.store;

import io.keypost.directory.dns.DnsSecurity;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;

/** A root that a domain showed, and that the remembered one never announced. */
@Entity
@Table(name = "held_root")
@IdClass(HeldRootRow.Key.class)
public class HeldRootRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String root) {}

  /** Canonical name. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Digest of the root key, base64url. */
  @Id
  @Column(name = "root")
  public String root;

  /** Of the pin that names it, when it was last seen. */
  @Enumerated(EnumType.STRING)
  @Column(name = "security", nullable = false)
  public DnsSecurity security;

  /** When it was first seen. */
  @Column(name = "first_seen", nullable = false)
  public Instant firstSeen;

  /** When it was last seen. */
  @Column(name = "last_seen", nullable = false)
  public Instant lastSeen;
}
