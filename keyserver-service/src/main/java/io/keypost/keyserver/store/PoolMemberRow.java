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

/** A receiving server of a pool. */
@Entity
@IdClass(PoolMemberRow.Key.class)
@Table(name = "pool_member")
public class PoolMemberRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String operator, String pool, String host, int port) {}

  /** Whose server. */
  @Id
  @Column(name = "operator")
  public String operator;

  /** Name of the pool. */
  @Id
  @Column(name = "pool")
  public String pool;

  /** Name that peers connect to. */
  @Id
  @Column(name = "host")
  public String host;

  /** Port that peers connect to. */
  @Id
  @Column(name = "port")
  public int port;

  /** Lower goes first. */
  @Column(name = "priority", nullable = false)
  public int priority;

  /** Share among equals. */
  @Column(name = "weight", nullable = false)
  public int weight;

  /** Whether it takes nothing new. */
  @Column(name = "drained", nullable = false)
  public boolean drained;

  /** Percent, as it last beat. Written by {@code HeartbeatDesk} only, beside this entity. */
  @Column(name = "load", insertable = false, updatable = false)
  public int load;

  /** Load in the signed record. */
  @Column(name = "load_shown", nullable = false)
  public int loadShown;

  /** Last beat, by the database's clock. */
  @Column(name = "beaten", insertable = false, updatable = false)
  public @Nullable Instant beaten;

  /** Missed three beats: left out of kp-servers. Written beside this entity. */
  @Column(name = "silent", insertable = false, updatable = false)
  public boolean silent;

  /** All of an operator, in a fixed order. */
  public static Uni<List<PoolMemberRow>> of(String operator) {
    return list("operator = ?1 order by pool, priority, host, port", operator);
  }
}
