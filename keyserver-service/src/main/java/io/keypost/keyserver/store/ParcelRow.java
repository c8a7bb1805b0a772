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

/** An encryption secret on its way to one device, until that device has it. */
@Entity
@IdClass(ParcelRow.Key.class)
@Table(name = "parcel")
public class ParcelRow extends PanacheEntityBase {
  /** Primary key. */
  public record Key(String domain, String local, String device, String key) {}

  /** Domain of its user. */
  @Id
  @Column(name = "domain")
  public String domain;

  /** Local part of its user. */
  @Id
  @Column(name = "local")
  public String local;

  /** Fingerprint of the device's signing subkey, in hexadecimal. */
  @Id
  @Column(name = "device")
  public String device;

  /** Fingerprint of the encryption subkey, in hexadecimal. */
  @Id
  @Column(name = "key")
  public String key;

  /** {@code io.keypost.protocol.keyring.Parcel}. */
  @Column(name = "sealed", nullable = false)
  public byte[] sealed;

  /** When it came. */
  @Column(name = "created", nullable = false)
  public Instant created;

  /** What waits for a device, oldest first. */
  public static Uni<List<ParcelRow>> of(String domain, String local, String device) {
    return list(
        "domain = ?1 and local = ?2 and device = ?3 order by created", domain, local, device);
  }

  /** Forgets what waits for a device. */
  public static Uni<Long> forget(String domain, String local, String device) {
    return delete("domain = ?1 and local = ?2 and device = ?3", domain, local, device);
  }

  /** Forgets what waits for any device of an address. */
  public static Uni<Long> forgetAll(String domain, String local) {
    return delete("domain = ?1 and local = ?2", domain, local);
  }
}
