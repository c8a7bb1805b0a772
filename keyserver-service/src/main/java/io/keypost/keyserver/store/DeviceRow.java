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

/** A device of a user, by the primary key's statement. */
@Entity
@IdClass(DeviceRow.Key.class)
@Table(name = "device")
public class DeviceRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String local, String signingKey) {}

  /** Domain of its user. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Local part of its user. */
  @Id
  @Column(name = "local")
  public String local;

  /** Fingerprint of its signing subkey, in hexadecimal. */
  @Id
  @Column(name = "signing_key")
  public String signingKey;

  /** {@code io.keypost.protocol.keyring.DeviceStatement}, as carried. */
  @Column(name = "statement", nullable = false)
  public String statement;

  /** Thumbprint of its login key. */
  @Column(name = "login_key", nullable = false)
  public byte[] loginKey;

  /** When it was removed. */
  @Column(name = "removed")
  public @Nullable Instant removed;

  /** Those that were not removed. */
  public static Uni<List<DeviceRow>> of(String domain, String local) {
    return list("domain = ?1 and local = ?2 and removed is null", domain, local);
  }

  /** The one with this login key, unless it was removed; the item is null when there is none. */
  public static Uni<DeviceRow> withLogin(byte[] loginKey) {
    return DeviceRow.<DeviceRow>find("loginKey = ?1 and removed is null", (Object) loginKey)
        .firstResult();
  }

  /** Removes every device of an address. */
  public static Uni<Integer> removeAll(String domain, String local, Instant now) {
    return update(
        "removed = ?1 where domain = ?2 and local = ?3 and removed is null", now, domain, local);
  }
}
