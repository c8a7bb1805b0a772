package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A domain that is hosted here, and its records. */
@Entity
@Table(name = "domain")
public class DomainRow extends PanacheEntityBase {
  /** Who keeps the root key. */
  public enum Management {
    /** The domain's owner. */
    OWNER,
    /** The provider: the record says <em>managed</em>. */
    PROVIDER
  }

  /** Canonical name. */
  @Id
  @Column(name = "name")
  public String name;

  /** Last seq given to any record of the domain. */
  @Column(name = "last_seq", nullable = false)
  public long lastSeq;

  /** Generation of the newest root statement, 0 before the first. */
  @Column(name = "gen", nullable = false)
  public long gen;

  /** Who keeps the root key. */
  @Enumerated(EnumType.STRING)
  @Column(name = "management", nullable = false)
  public Management management;

  /** DER; null until the authority was uploaded. */
  @Column(name = "root_certificate")
  public byte @Nullable [] rootCertificate;

  /** Newest root statement; null until the authority was uploaded. */
  @Column(name = "root_statement")
  public @Nullable String rootStatement;

  /** Digest of the signing certificate that is in force; null until there is one. */
  @Column(name = "signer")
  public byte @Nullable [] signer;

  /** When the domain came here. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** kp-domain. */
  @Embedded
  @AttributeOverride(name = "seq", column = @Column(name = "domain_seq"))
  @AttributeOverride(name = "gen", column = @Column(name = "domain_gen"))
  @AttributeOverride(name = "content", column = @Column(name = "domain_content"))
  @AttributeOverride(name = "issued", column = @Column(name = "domain_issued"))
  @AttributeOverride(name = "expires", column = @Column(name = "domain_expires"))
  @AttributeOverride(name = "signer", column = @Column(name = "domain_signer"))
  @AttributeOverride(name = "jws", column = @Column(name = "domain_jws"))
  @AttributeOverride(name = "predecessor", column = @Column(name = "domain_predecessor"))
  @AttributeOverride(name = "stale", column = @Column(name = "domain_stale", nullable = false))
  public PublishedRecord domainRecord = new PublishedRecord();

  /** kp-servers; signed only where the domain is the operator itself. */
  @Embedded
  @AttributeOverride(name = "seq", column = @Column(name = "servers_seq"))
  @AttributeOverride(name = "gen", column = @Column(name = "servers_gen"))
  @AttributeOverride(name = "content", column = @Column(name = "servers_content"))
  @AttributeOverride(name = "issued", column = @Column(name = "servers_issued"))
  @AttributeOverride(name = "expires", column = @Column(name = "servers_expires"))
  @AttributeOverride(name = "signer", column = @Column(name = "servers_signer"))
  @AttributeOverride(name = "jws", column = @Column(name = "servers_jws"))
  @AttributeOverride(name = "predecessor", column = @Column(name = "servers_predecessor"))
  @AttributeOverride(name = "stale", column = @Column(name = "servers_stale", nullable = false))
  public PublishedRecord serversRecord = new PublishedRecord();

  /** Number of the next entry of kp-revocations. */
  @Column(name = "next_revocation", nullable = false)
  public long nextRevocation = 1;

  /** kp-revocations. */
  @Embedded
  @AttributeOverride(name = "seq", column = @Column(name = "revocations_seq"))
  @AttributeOverride(name = "gen", column = @Column(name = "revocations_gen"))
  @AttributeOverride(name = "content", column = @Column(name = "revocations_content"))
  @AttributeOverride(name = "issued", column = @Column(name = "revocations_issued"))
  @AttributeOverride(name = "expires", column = @Column(name = "revocations_expires"))
  @AttributeOverride(name = "signer", column = @Column(name = "revocations_signer"))
  @AttributeOverride(name = "jws", column = @Column(name = "revocations_jws"))
  @AttributeOverride(name = "predecessor", column = @Column(name = "revocations_predecessor"))
  @AttributeOverride(name = "stale", column = @Column(name = "revocations_stale", nullable = false))
  public PublishedRecord revocationsRecord = new PublishedRecord();

  /**
   * Reads and locks the row until the transaction ends; the item is null when the domain is not
   * here.
   */
  public static Uni<DomainRow> locked(String name) {
    return DomainRow.<DomainRow>findById(name, LockModeType.PESSIMISTIC_WRITE);
  }

  /** Reads the row; the item is null when the domain is not here. */
  public static Uni<DomainRow> named(String name) {
    return DomainRow.<DomainRow>findById(name);
  }

  /** The names of all domains here, in order, without what else stands in their rows. */
  public static Uni<List<String>> names() {
    return Panache.getSession()
        .chain(
            session ->
                session
                    .createQuery("select name from DomainRow order by name", String.class)
                    .getResultList());
  }

  /** Gives the next seq. Only with the row locked. */
  public long nextSeq() {
    return ++lastSeq;
  }
}
