package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.util.List;

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

  /** All of an operator, in a fixed order. */
  public static Uni<List<PoolMemberRow>> of(String operator) {
    return list("operator = ?1 order by pool, priority, host, port", operator);
  }
}
