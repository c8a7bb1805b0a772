package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A login assertion that was exchanged: it is never taken again. */
@Entity
@Table(name = "used_assertion")
public class UsedAssertionRow extends PanacheEntityBase {
  /** SHA-256 over the login key's thumbprint and jti. */
  @Id
  @Column(name = "digest")
  public byte[] digest;

  /** End of the assertion's life; after it the row may go. */
  @Column(name = "expires", nullable = false)
  public Instant expires;
}
