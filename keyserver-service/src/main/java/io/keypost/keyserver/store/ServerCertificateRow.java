package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A certificate of a service of an operator here, as kp-servers names it. */
@Entity
@Table(name = "server_certificate")
public class ServerCertificateRow extends PanacheEntityBase {
  /** SHA-256 of the certificate. */
  @Id
  @Column(name = "digest")
  public byte[] digest;

  /** Whose server. */
  @Column(name = "operator", nullable = false)
  public String operator;

  /** Name of the service, for people. */
  @Column(name = "service", nullable = false)
  public String service;

  /** DER. */
  @Column(name = "certificate", nullable = false)
  public byte[] certificate;

  /** When it was issued. */
  @Column(name = "issued", nullable = false)
  public Instant issued;

  /** End of its life. */
  @Column(name = "not_after", nullable = false)
  public Instant notAfter;

  /** When it was revoked. */
  @Column(name = "revoked")
  public @Nullable Instant revoked;

  /** Those that are good at {@code now}, in the order of their digests. */
  public static Uni<List<ServerCertificateRow>> good(String operator, Instant now) {
    return list(
        "operator = ?1 and revoked is null and notAfter > ?2 order by digest", operator, now);
  }
}
