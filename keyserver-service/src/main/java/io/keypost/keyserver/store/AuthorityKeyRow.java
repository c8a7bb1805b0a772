package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A P-256 key of a domain that this service keeps, wrapped, with its certificate if it has one. */
@Entity
@Table(name = "authority_key")
public class AuthorityKeyRow extends PanacheEntityBase {
  /** What the key is for; at most one of each use is in force for a domain. */
  public enum Use {
    /** Made, and its request answered by nobody yet. */
    COMING_CA,
    /** Issues the domain's certificates. */
    OPERATIONAL_CA,
    /** Signs the domain's records. */
    SIGNING,
    /** The key server's own TLS key, for both directions. */
    SERVER,
    /** Signs access tokens; has no certificate. */
    ACCESS_TOKEN
  }

  /** Assigned here. */
  @Id
  @Column(name = "id")
  public UUID id;

  /** Whose key. */
  @Column(name = "domain", nullable = false)
  public String domain;

  /** What for. */
  @Enumerated(EnumType.STRING)
  @Column(name = "use", nullable = false)
  public Use use;

  /** PKCS#8 under the key-encryption key (KeyProtection). */
  @Column(name = "wrapped_key", nullable = false)
  public byte[] wrappedKey;

  /** SubjectPublicKeyInfo. */
  @Column(name = "public_key", nullable = false)
  public byte[] publicKey;

  /** DER; null for an access-token key, and for a CA's until it was uploaded. */
  @Column(name = "certificate")
  public byte @Nullable [] certificate;

  /** End of the certificate's life. */
  @Column(name = "not_after")
  public @Nullable Instant notAfter;

  /** When it was made. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** When another took its place. */
  @Column(name = "retired")
  public @Nullable Instant retired;

  /** When it was revoked. */
  @Column(name = "revoked")
  public @Nullable Instant revoked;

  /** All keys of a domain that have a certificate, newest first. */
  public static Uni<List<AuthorityKeyRow>> certified(String domain) {
    return list("domain = ?1 and certificate is not null order by created desc", domain);
  }

  /** The key whose certificate has this digest; the item is null when there is none. */
  public static Uni<AuthorityKeyRow> withCertificate(byte[] digest) {
    return Panache.getSession()
        .chain(
            session ->
                session
                    .createNativeQuery(
                        "select * from authority_key where sha256(certificate) = :digest",
                        AuthorityKeyRow.class)
                    .setParameter("digest", digest)
                    .setMaxResults(1)
                    .getSingleResultOrNull());
  }

  /** All keys of a domain that are in force. */
  public static Uni<List<AuthorityKeyRow>> inForce(String domain) {
    return list("domain = ?1 and retired is null", domain);
  }

  /** All keys of one use that anybody may still hold something signed by. */
  public static Uni<List<AuthorityKeyRow>> ofUseSince(
      String domain, Use use, Instant retiredAfter) {
    return list(
        "domain = ?1 and use = ?2 and (retired is null or retired > ?3) order by created desc",
        domain,
        use,
        retiredAfter);
  }
}
