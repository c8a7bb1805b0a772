package io.keypost.keyserver.desk;

import io.keypost.keyserver.enrolment.EnrolmentRequest;
import io.keypost.keyserver.keyring.KeyChange;
import io.keypost.keyserver.keyring.KeyChange.AddressedParcel;
import io.keypost.keyserver.keyring.KeyChange.NewDevice;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.ConsentRow;
import io.keypost.keyserver.store.DeviceRow;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.KeyringRow;
import io.keypost.keyserver.store.LoginKeyRow;
import io.keypost.keyserver.store.ParcelRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.keyserver.token.LoginKey;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps users' keyrings, devices and parcels, and changes a user's keys as one. */
@Singleton
public class KeyringDesk {
  private final Transactions transactions;
  private final Revocations revocations;
  private final Audit audit;
  private final InstantSource clock;

  @Inject
  KeyringDesk(
      Transactions transactions, Revocations revocations, Audit audit, InstantSource clock) {
    this.transactions = transactions;
    this.revocations = revocations;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A user's devices.
   *
   * @param devices that were not removed
   * @param keyringVersion 0 when there is no keyring
   */
  public record Devices(List<DeviceStatement> devices, long keyringVersion) {}

  /**
   * The keyring.
   *
   * @throws RefusedException {@code not_found} when there is none
   */
  public SealedSecrets keyring(Address user) {
    KeyringRow row = transactions.reading(() -> KeyringRow.of(user.domain().value(), user.local()));
    if (row == null) {
      throw RefusedException.of(RefusalCode.NOT_FOUND, "there is no keyring");
    }
    return SealedSecrets.decode(Bytes.copyOf(row.sealed), SealedSecrets.Kind.KEYRING);
  }

  /** The user's devices. */
  public Devices devices(Address user) {
    String domain = user.domain().value();
    return transactions.reading(
        () ->
            DeviceRow.of(domain, user.local())
                .chain(
                    rows ->
                        KeyringRow.of(domain, user.local())
                            .map(keyring -> new Devices(statements(rows), versionOf(keyring)))));
  }

  private static List<DeviceStatement> statements(List<DeviceRow> rows) {
    return rows.stream().map(row -> DeviceStatement.parse(row.statement)).toList();
  }

  private static long versionOf(@Nullable KeyringRow row) {
    return row == null ? 0 : row.version;
  }

  /**
   * What waits for the device that has this login key.
   *
   * @throws RefusedException {@code not_found} when it is no device's
   */
  public List<Parcel> parcels(Digest loginKey) {
    return transactions.reading(
        () ->
            device(loginKey)
                .chain(row -> ParcelRow.of(row.domain, row.local, row.signingKey))
                .map(
                    rows ->
                        rows.stream()
                            .map(
                                row ->
                                    new Parcel(Bytes.parseHex(row.key), Bytes.copyOf(row.sealed)))
                            .toList()));
  }

  /**
   * The device with this login key keeps the secret now; nothing happens when the parcel is gone.
   *
   * @param key fingerprint of the encryption subkey
   * @throws RefusedException {@code not_found} when the login key is no device's
   */
  public void fetched(Digest loginKey, Bytes key) {
    transactions.inTransaction(
        () ->
            device(loginKey)
                .chain(
                    row ->
                        ParcelRow.deleteById(
                            new ParcelRow.Key(row.domain, row.local, row.signingKey, key.hex()))));
  }

  private static Uni<DeviceRow> device(Digest loginKey) {
    return DeviceRow.withLogin(loginKey.octets().toByteArray())
        .onItem()
        .ifNull()
        .failWith(
            () -> RefusedException.of(RefusalCode.NOT_FOUND, "the token is not that of a device"));
  }

  /** Forgets what a user had; the user's login keys end. */
  Uni<Void> forget(Address user, Instant now) {
    String domain = user.domain().value();
    String local = user.local();
    return LoginKeyRow.revokeAll(domain, local, now)
        .chain(() -> DeviceRow.removeAll(domain, local, now))
        .chain(() -> ParcelRow.forgetAll(domain, local))
        .chain(() -> KeyringRow.deleteById(new KeyringRow.Key(domain, local)))
        .chain(() -> ConsentRow.withdrawAll(domain, local, now))
        .replaceWithVoid();
  }

  /** Begins anew with what a verified enrolment brings: what stood before ends. */
  Uni<Void> establish(Address user, EnrolmentRequest request, Instant now) {
    String domain = user.domain().value();
    String local = user.local();
    return LoginKeyRow.revokeAll(domain, local, now)
        .chain(() -> DeviceRow.removeAll(domain, local, now))
        .chain(() -> ParcelRow.forgetAll(domain, local))
        .chain(() -> KeyringRow.of(domain, local))
        .chain(row -> keep(row, user, request.keyring(), now))
        .chain(
            () -> login(user, request.recoveryKey(), LoginKeyRow.Purpose.RECOVERY, now).persist())
        .chain(() -> add(user, new NewDevice(request.device(), request.loginKey()), now));
  }

  private static Uni<Void> keep(
      @Nullable KeyringRow known, Address user, SealedSecrets keyring, Instant now) {
    KeyringRow row = known == null ? new KeyringRow() : known;
    row.domain = user.domain().value();
    row.local = user.local();
    row.version = keyring.version();
    row.sealed = keyring.encoded().toByteArray();
    row.changed = now;
    return known == null ? row.persist().replaceWithVoid() : Uni.createFrom().voidItem();
  }

  private static LoginKeyRow login(
      Address user, LoginKey key, LoginKeyRow.Purpose purpose, Instant now) {
    LoginKeyRow row = new LoginKeyRow();
    row.thumbprint = key.thumbprint().octets().toByteArray();
    row.domain = user.domain().value();
    row.local = user.local();
    row.jwk = key.toJson();
    row.purpose = purpose;
    row.created = now;
    return row;
  }

  private static Uni<Void> add(Address user, NewDevice device, Instant now) {
    LoginKeyRow login = login(user, device.loginKey(), LoginKeyRow.Purpose.DEVICE, now);
    DeviceRow row = new DeviceRow();
    row.domain = user.domain().value();
    row.local = user.local();
    row.signingKey = device.statement().signingKey().hex();
    row.statement = device.statement().text();
    row.loginKey = login.thumbprint;
    return login.persistAndFlush().chain(() -> row.persistAndFlush()).replaceWithVoid();
  }

  /**
   * Changes a user's keys.
   *
   * @throws RefusedException as KP-KEY-27 says; {@code not_found} when the user has no mailbox any
   *     more
   */
  public void change(Address user, KeyChange change) {
    transactions.inTransaction(
        () ->
            Records.locked(user.domain())
                .chain(
                    domain ->
                        AddressRow.at(user.domain().value(), user.local())
                            .chain(
                                row ->
                                    change(
                                        domain, EnrolmentDesk.requireMailbox(row), user, change))));
  }

  private Uni<Void> change(DomainRow domain, AddressRow address, Address user, KeyChange change) {
    List<Bytes> compromised = change.certificate().compromisedSince(certificate(address));
    return KeyringRow.of(address.domain, address.local)
        .chain(
            keyring ->
                DeviceRow.of(address.domain, address.local)
                    .chain(devices -> change(address, user, change, keyring, devices)))
        .chain(
            () ->
                each(
                    compromised,
                    key -> revocations.key(domain, new Digest(key)).replaceWithVoid()));
  }

  private static UserCertificate certificate(AddressRow address) {
    return UserCertificate.decode(Bytes.copyOf(EnrolmentDesk.certificateOf(address)));
  }

  private Uni<Void> change(
      AddressRow address,
      Address user,
      KeyChange change,
      @Nullable KeyringRow keyring,
      List<DeviceRow> devices) {
    Instant now = clock.instant();
    List<DeviceStatement> removed =
        change.removes(
            new KeyChange.Standing(certificate(address), versionOf(keyring), statements(devices)),
            now);
    List<String> gone = removed.stream().map(device -> device.signingKey().hex()).toList();
    address.certificate = change.certificate().encode().toByteArray();
    address.changed = now;
    address.published.stale = true;
    return keep(keyring, user, change.keyring(), now)
        .chain(
            () ->
                each(
                    devices.stream().filter(d -> gone.contains(d.signingKey)).toList(),
                    device -> remove(device, now)))
        .chain(() -> recover(user, change, now))
        .chain(() -> each(change.device().stream().toList(), device -> add(user, device, now)))
        .chain(() -> each(change.parcels(), parcel -> keep(user, parcel, now)))
        .chain(() -> each(told(change, removed), detail -> told(user, detail)));
  }

  /** Not at once: a reactive session does one thing after the other. */
  private static <T> Uni<Void> each(List<T> items, Function<T, Uni<Void>> work) {
    Uni<Void> all = Uni.createFrom().voidItem();
    for (T item : items) {
      all = all.chain(() -> work.apply(item));
    }
    return all;
  }

  private static Uni<Void> remove(DeviceRow device, Instant now) {
    device.removed = now;
    return LoginKeyRow.revoke(device.loginKey, now)
        .chain(() -> ParcelRow.forget(device.domain, device.local, device.signingKey))
        .replaceWithVoid();
  }

  private static Uni<Void> recover(Address user, KeyChange change, Instant now) {
    if (change.recoveryKey().isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    return LoginKeyRow.revokeAll(
            user.domain().value(), user.local(), LoginKeyRow.Purpose.RECOVERY, now)
        .chain(
            () ->
                login(user, change.recoveryKey().get(), LoginKeyRow.Purpose.RECOVERY, now)
                    .persistAndFlush())
        .replaceWithVoid();
  }

  private static Uni<Void> keep(Address user, AddressedParcel parcel, Instant now) {
    ParcelRow row = new ParcelRow();
    row.domain = user.domain().value();
    row.local = user.local();
    row.device = parcel.device().hex();
    row.key = parcel.parcel().key().hex();
    row.sealed = parcel.parcel().sealed().toByteArray();
    row.created = now;
    return row.persistAndFlush().replaceWithVoid();
  }

  /** What the audit log keeps of a change: action and detail. */
  private record Told(String action, String detail) {}

  private static List<Told> told(KeyChange change, List<DeviceStatement> removed) {
    List<Told> told = new ArrayList<>();
    change
        .device()
        .ifPresent(
            device -> told.add(new Told("device-added", device.statement().signingKey().hex())));
    removed.forEach(device -> told.add(new Told("device-removed", device.signingKey().hex())));
    if (change.recoveryKey().isPresent()) {
      told.add(new Told("recovery-code-changed", ""));
    }
    told.add(new Told("keys-changed", "keyring version " + change.keyring().version()));
    return told;
  }

  private Uni<Void> told(Address user, Told told) {
    return audit.add("user:" + user, told.action(), user.toString(), told.detail());
  }
}
