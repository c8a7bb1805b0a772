package io.keypost.keyserver.store;

import io.keypost.protocol.record.RevocationsRecord.Subject;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;

/** Something that a domain has revoked; never changed or removed, which a trigger holds. */
@Entity
@IdClass(RevocationRow.Key.class)
@Table(name = "revocation")
public class RevocationRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, long number) {}

  /** Whose. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Place in the domain's sequence, from 1 on. */
  @Id
  @Column(name = "number")
  public long number;

  /** What kind of thing. */
  @Enumerated(EnumType.STRING)
  @Column(name = "subject", nullable = false)
  public Subject subject;

  /** SHA-256 of a certificate, or the fingerprint of a user's key. */
  @Column(name = "id", nullable = false)
  public byte[] id;

  /** When it was revoked. */
  @Column(name = "at", nullable = false)
  public Instant at;

  /** After it the record leaves the entry out. */
  @Column(name = "until", nullable = false)
  public Instant until;

  /** Those of a domain that still count at {@code now}, by number. */
  public static Uni<List<RevocationRow>> counting(String domain, Instant now) {
    return list("domain = ?1 and until > ?2 order by number", domain, now);
  }

  /** How often a domain has revoked this: 0 or 1. */
  public static Uni<Long> of(String domain, byte[] id) {
    return count("domain = ?1 and id = ?2", domain, id);
  }
}
