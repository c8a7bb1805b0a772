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

/** An operator that a domain names, and from when until when. */
@Entity
@IdClass(DomainOperatorRow.Key.class)
@Table(name = "domain_operator")
public class DomainOperatorRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String operator) {}

  /** Who names. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Who is named. */
  @Id
  @Column(name = "operator")
  public String operator;

  /** First moment of its right. */
  @Column(name = "valid_from", nullable = false)
  public Instant validFrom;

  /** End of its right, if there is one. */
  @Column(name = "valid_until")
  public @Nullable Instant validUntil;

  /** All operators that a domain names, in a fixed order. */
  public static Uni<List<DomainOperatorRow>> of(String domain) {
    return list("domain = ?1 order by operator", domain);
  }
}
