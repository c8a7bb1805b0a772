package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A device's login key: what signs assertions for access tokens. */
@Entity
@Table(name = "login_key")
public class LoginKeyRow extends PanacheEntityBase {
  /** RFC 7638. */
  @Id
  @Column(name = "thumbprint")
  public byte[] thumbprint;

  /** Domain of its user. */
  @Column(name = "domain", nullable = false)
  public String domain;

  /** Local part of its user. */
  @Column(name = "local", nullable = false)
  public String local;

  /** The public key as JWK. */
  @Column(name = "jwk", nullable = false)
  public String jwk;

  /** When it was enrolled. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** When it was taken away. */
  @Column(name = "revoked")
  public @Nullable Instant revoked;

  /** Takes every login key of an address away. */
  public static Uni<Integer> revokeAll(String domain, String local, Instant now) {
    return update(
        "revoked = ?1 where domain = ?2 and local = ?3 and revoked is null", now, domain, local);
  }
}
