package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A one-time code for one service, with everything that its certificate will say. */
@Entity
@Table(name = "server_code")
public class ServerCodeRow extends PanacheEntityBase {
  /** What the service's certificates are for. */
  public enum Purpose {
    /** A server certificate only. */
    SERVER,
    /** Also one that signs receipts. */
    SERVER_AND_RECEIPTS
  }

  /** SHA-256 of the code. */
  @Id
  @Column(name = "digest")
  public byte[] digest;

  /** Whose server. */
  @Column(name = "operator", nullable = false)
  public String operator;

  /** Name of the service, for people. */
  @Column(name = "service", nullable = false)
  public String service;

  /** Host names for the certificate, one a line. */
  @Column(name = "hosts", nullable = false)
  public String hosts;

  /** What its certificates are for. */
  @Enumerated(EnumType.STRING)
  @Column(name = "purpose", nullable = false)
  public Purpose purpose;

  /** Pool that the server joins, if it receives transfers. */
  @Column(name = "pool")
  public @Nullable String pool;

  /** Name that peers connect to. */
  @Column(name = "pool_host")
  public @Nullable String poolHost;

  /** Port that peers connect to. */
  @Column(name = "pool_port")
  public @Nullable Integer poolPort;

  /** Lower goes first. */
  @Column(name = "priority")
  public @Nullable Integer priority;

  /** Share among equals. */
  @Column(name = "weight")
  public @Nullable Integer weight;

  /** When it was given. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** When it ends unused. */
  @Column(name = "expires", nullable = false)
  public Instant expires;

  /** When it was used. */
  @Column(name = "used")
  public @Nullable Instant used;
}
