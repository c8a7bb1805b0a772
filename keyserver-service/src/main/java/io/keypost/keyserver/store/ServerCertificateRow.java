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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A certificate of a service of an operator here, as kp-servers names it. */
@Entity
@Table(name = "server_certificate")
public class ServerCertificateRow extends PanacheEntityBase {
  /** What a service's certificate is for. */
  public enum Use {
    /** Connects, and is connected to. */
    SERVER,
    /** Signs receipts. */
    RECEIPT
  }

  /** SHA-256 of the certificate. */
  @Id
  @Column(name = "digest")
  public byte[] digest;

  /** Whose server. */
  @Column(name = "operator", nullable = false)
  public String operator;

  /** What for. */
  @Enumerated(EnumType.STRING)
  @Column(name = "use", nullable = false)
  public Use use = Use.SERVER;

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

  /** Pool that the holder receives in, if it receives. */
  @Column(name = "pool")
  public @Nullable String pool;

  /** Name of its place there. */
  @Column(name = "pool_host")
  public @Nullable String poolHost;

  /** Port of its place there. */
  @Column(name = "pool_port")
  public @Nullable Integer poolPort;

  /** Digest of the code that the first certificate of its line was given for. */
  @Column(name = "enrolment")
  public byte @Nullable [] enrolment;

  /** All that one enrolment led to, oldest first. */
  public static Uni<List<ServerCertificateRow>> ofEnrolment(byte[] enrolment) {
    return list("enrolment = ?1 order by issued", enrolment);
  }

  /** All of an operator, newest first. */
  public static Uni<List<ServerCertificateRow>> of(String operator) {
    return list("operator = ?1 order by issued desc", operator);
  }

  /** Those of servers that are good at {@code now}, in the order of their digests. */
  public static Uni<List<ServerCertificateRow>> good(String operator, Instant now) {
    return list(
        "operator = ?1 and use = ?2 and revoked is null and notAfter > ?3 order by digest",
        operator,
        Use.SERVER,
        now);
  }
}
