package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;

/** A user's keyring, sealed under the recovery code. */
@Entity
@IdClass(KeyringRow.Key.class)
@Table(name = "keyring")
public class KeyringRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String local) {}

  /** Domain of its user. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Local part of its user. */
  @Id
  @Column(name = "local")
  public String local;

  /** As the blob's header says. */
  @Column(name = "version", nullable = false)
  public long version;

  /** The blob. */
  @Column(name = "sealed", nullable = false)
  public byte[] sealed;

  /** When it came. */
  @Column(name = "changed", nullable = false)
  public Instant changed;

  /** The user's; the item is null when there is none. */
  public static Uni<KeyringRow> of(String domain, String local) {
    return KeyringRow.<KeyringRow>findById(new Key(domain, local));
  }
}
