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

/** The operator of an alias asked whether it may point at a user here, who has not consented. */
@Entity
@IdClass(ConsentRequestRow.Key.class)
@Table(name = "consent_request")
public class ConsentRequestRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String local, String alias) {}

  /** Domain of the target. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Local part of the target. */
  @Id
  @Column(name = "local")
  public String local;

  /** The alias that would point at the target. */
  @Id
  @Column(name = "alias")
  public String alias;

  /** When it was last asked for. */
  @Column(name = "asked", nullable = false)
  public Instant asked;

  /** When its target did not want to see it any more; null while it is shown. */
  @Column(name = "dismissed")
  public @Nullable Instant dismissed;

  /** One of them; the item is null when it was not asked for. */
  public static Uni<ConsentRequestRow> at(String domain, String local, String alias) {
    return ConsentRequestRow.<ConsentRequestRow>findById(new Key(domain, local, alias));
  }

  /** Those that wait for a target's answer, newest first, dismissed or not. */
  public static Uni<List<ConsentRequestRow>> of(String domain, String local) {
    return list("domain = ?1 and local = ?2 order by asked desc", domain, local);
  }

  /** Forgets one; nothing happens when it is not there. */
  public static Uni<Boolean> forget(String domain, String local, String alias) {
    return deleteById(new Key(domain, local, alias));
  }

  /** Forgets those that were asked for before then. */
  public static Uni<Long> forgetBefore(String domain, String local, Instant before) {
    return delete("domain = ?1 and local = ?2 and asked < ?3", domain, local, before);
  }
}
