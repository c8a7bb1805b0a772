package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A login key, of a device or of the recovery code: what signs assertions for access tokens. */
@Entity
@Table(name = "login_key")
public class LoginKeyRow extends PanacheEntityBase {
  /** Whose it is. */
  public enum Purpose {
    /** A device's. */
    DEVICE,
    /** Of whoever holds the recovery code. */
    RECOVERY
  }

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

  /** Whose it is. */
  @Enumerated(EnumType.STRING)
  @Column(name = "purpose", nullable = false)
  public Purpose purpose;

  /** When it was enrolled. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** When it was taken away. */
  @Column(name = "revoked")
  public @Nullable Instant revoked;

  /** Takes one login key away. */
  public static Uni<Integer> revoke(byte[] thumbprint, Instant now) {
    return update("revoked = ?1 where thumbprint = ?2 and revoked is null", now, thumbprint);
  }

  /** Takes away every login key of an address that is for this. */
  public static Uni<Integer> revokeAll(String domain, String local, Purpose purpose, Instant now) {
    return update(
        "revoked = ?1 where domain = ?2 and local = ?3 and purpose = ?4 and revoked is null",
        now,
        domain,
        local,
        purpose);
  }

  /** Takes every login key of an address away. */
  public static Uni<Integer> revokeAll(String domain, String local, Instant now) {
    return update(
        "revoked = ?1 where domain = ?2 and local = ?3 and revoked is null", now, domain, local);
  }
}
