package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands under one address, and its record. A row is never removed: seq must not fall. */
@Entity
@IdClass(AddressRow.Key.class)
@Table(name = "address")
public class AddressRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String local) {}

  /** What the address is. */
  public enum Kind {
    /** A mailbox under a certificate. */
    MAILBOX,
    /** A pointer to another address. */
    ALIAS,
    /** Was an alias or a deleted user once; nothing now. */
    UNKNOWN,
    /** Revoked for good. */
    REVOKED,
    /** A mailbox that its operator has shut for a while; its record says revoked meanwhile. */
    SUSPENDED
  }

  /** Canonical domain. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Canonical local part. */
  @Id
  @Column(name = "local")
  public String local;

  /** What the address is. */
  @Enumerated(EnumType.STRING)
  @Column(name = "kind", nullable = false)
  public Kind kind;

  /** OpenPGP certificate of a mailbox. */
  @Column(name = "certificate")
  public byte @Nullable [] certificate;

  /** Operator that takes a mailbox's mail. */
  @Column(name = "operator")
  public @Nullable String operator;

  /** Its pool. */
  @Column(name = "pool")
  public @Nullable String pool;

  /** Where an alias points. */
  @Column(name = "target")
  public @Nullable String target;

  /** The target's consent (kp-consent), as its key server signed it. */
  @Column(name = "consent")
  public @Nullable String consent;

  /** End of the consent's life. */
  @Column(name = "consent_expires")
  public @Nullable Instant consentExpires;

  /** How often in a row the consent could not be renewed. */
  @Column(name = "consent_failures", nullable = false)
  public int consentFailures;

  /** Until then its renewal is not tried again; null when it did not fail. */
  @Column(name = "consent_next_try")
  public @Nullable Instant consentNextTry;

  /** From when nothing signed by the address counts. */
  @Column(name = "revoked_from")
  public @Nullable Instant revokedFrom;

  /** Signed key and pointer statements, oldest first, one a line. */
  @Column(name = "statements", nullable = false)
  public String statements;

  /** When the row was made. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** When it last changed. */
  @Column(name = "changed", nullable = false)
  public Instant changed;

  /** kp-address. */
  @Embedded
  @AttributeOverride(name = "seq", column = @Column(name = "record_seq"))
  @AttributeOverride(name = "gen", column = @Column(name = "record_gen"))
  @AttributeOverride(name = "content", column = @Column(name = "record_content"))
  @AttributeOverride(name = "issued", column = @Column(name = "record_issued"))
  @AttributeOverride(name = "expires", column = @Column(name = "record_expires"))
  @AttributeOverride(name = "signer", column = @Column(name = "record_signer"))
  @AttributeOverride(name = "jws", column = @Column(name = "record_jws"))
  @AttributeOverride(name = "predecessor", column = @Column(name = "record_predecessor"))
  @AttributeOverride(name = "stale", column = @Column(name = "record_stale", nullable = false))
  public PublishedRecord published = new PublishedRecord();

  /** Reads one address; the item is null when nothing ever stood there. */
  public static Uni<AddressRow> at(String domain, String local) {
    return AddressRow.<AddressRow>findById(new Key(domain, local));
  }

  /** Those of {@code locals} that stand in {@code domain}. */
  public static Uni<List<AddressRow>> of(String domain, Collection<String> locals) {
    return list("domain = ?1 and local in ?2", domain, locals);
  }
}
