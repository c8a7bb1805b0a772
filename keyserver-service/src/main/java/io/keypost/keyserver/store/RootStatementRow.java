package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A root statement that was uploaded and verified. */
@Entity
@IdClass(RootStatementRow.Key.class)
@Table(name = "root_statement")
public class RootStatementRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, long gen) {}

  /** Whose statement. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Its generation. */
  @Id
  @Column(name = "gen")
  public long gen;

  /** Certificate of the root that it verified under, DER. */
  @Column(name = "root_certificate", nullable = false)
  public byte[] rootCertificate;

  /** Digest of the key of the root that it announces. */
  @Column(name = "next_root")
  public byte @Nullable [] nextRoot;

  /** The statement. */
  @Column(name = "jws", nullable = false)
  public String jws;

  /** When it was uploaded. */
  @Column(name = "received", nullable = false)
  public Instant received;

  /** All of a domain, oldest first. */
  public static Uni<List<RootStatementRow>> of(String domain) {
    return list("domain = ?1 order by gen", domain);
  }
}
