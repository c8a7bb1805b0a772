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

/** A user of a domain here agreed that an alias, usually elsewhere, points at the user. */
@Entity
@IdClass(ConsentRow.Key.class)
@Table(name = "consent")
public class ConsentRow extends PanacheEntityBase {
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

  /** The alias that may point at the target. */
  @Id
  @Column(name = "alias")
  public String alias;

  /** Rises with every consent for the pair. */
  @Column(name = "serial", nullable = false)
  public long serial;

  /** OpenPGP signature of the target's primary key. */
  @Column(name = "signature", nullable = false)
  public byte[] signature;

  /** When it was given. */
  @Column(name = "given", nullable = false)
  public Instant given;

  /** When it was taken back. */
  @Column(name = "withdrawn")
  public @Nullable Instant withdrawn;

  /** What a target has given, also what was taken back since; newest first. */
  public static Uni<List<ConsentRow>> of(String domain, String local) {
    return list("domain = ?1 and local = ?2 order by given desc", domain, local);
  }

  /** Takes back all that a target gave. */
  public static Uni<Integer> withdrawAll(String domain, String local, Instant now) {
    return update(
        "withdrawn = ?1 where domain = ?2 and local = ?3 and withdrawn is null",
        now,
        domain,
        local);
  }

  /** Reads one; the item is null when none was ever given. */
  public static Uni<ConsentRow> at(String domain, String local, String alias) {
    return ConsentRow.<ConsentRow>findById(new Key(domain, local, alias));
  }
}
