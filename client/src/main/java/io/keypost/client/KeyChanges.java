package io.keypost.client;

import io.keypost.client.home.ClientSettings;
import io.keypost.client.provider.Keyrings;
import io.keypost.client.provider.LoginKey;
import io.keypost.client.provider.ProviderConnection;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.AddressView;
import io.keypost.directory.pin.PinMemory;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Keyring;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserKeyring;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the recovery code allows: opens the keyring, and publishes changes made with it, each whole
 * (KP-KEY-27). It speaks with the key server as the holder of the code, not as a device.
 */
final class KeyChanges implements AutoCloseable {
  private final ProviderConnection byCode;
  private final Keyrings keyrings;
  private final Address user;
  private final RecoveryCode code;
  private final InstantSource clock;
  private final SecureRandom random;

  /** Opens nothing yet; {@code vertx} is the caller's, who closes it. */
  KeyChanges(
      Vertx vertx,
      Address user,
      RecoveryCode code,
      ClientSettings settings,
      PinMemory pins,
      InstantSource clock,
      SecureRandom random) {
    this.byCode =
        new ProviderConnection(
            vertx, user, new LoginKey(Keyring.login(code, user)), settings, pins, clock, random);
    this.keyrings = new Keyrings(byCode);
    this.user = user;
    this.code = code;
    this.clock = clock;
    this.random = random;
  }

  /**
   * An opened keyring.
   *
   * @param version that it was sealed with
   * @param devices that the primary key certified and whose signing subkeys are good
   * @param published the address as it stands in the directory
   */
  record Opened(
      UserKeyring keyring, long version, List<DeviceStatement> devices, AddressView published) {}

  /**
   * Opens the keyring, and holds it against what is published: a key server that shows an older
   * certificate, or an older keyring, is not worked with (KP-KEY-26).
   *
   * @throws RefusedException {@code secret_key_unusable} for another code; {@code
   *     record_rolled_back}
   */
  Opened open() {
    SealedSecrets sealed = keyrings.fetch();
    UserKeyring keyring = Keyring.open(sealed, user, code);
    Instant now = clock.instant();
    AddressView published =
        Waiting.onRepeatable(() -> byCode.directory().addressFetchedSince(user, now));
    if (!isOf(keyring.certificate(), published)) {
      throw RefusedException.of(
          RefusalCode.RECORD_ROLLED_BACK,
          "what is published of "
              + user
              + " is not the certificate in the keyring: one of the two is old");
    }
    List<DeviceStatement> devices =
        keyrings.devices().stream()
            .filter(device -> isGood(device, keyring.certificate(), now))
            .toList();
    return new Opened(keyring, sealed.version(), devices, published);
  }

  /** A mailbox shows its certificate; one that points elsewhere, only whose key said so. */
  private static boolean isOf(UserCertificate certificate, AddressView published) {
    return published.record().content() instanceof AddressRecord.Mailbox
        ? published.certificate().filter(certificate::equals).isPresent()
        : published
            .history()
            .filter(history -> history.primaryFingerprint().equals(certificate.fingerprint()))
            .isPresent();
  }

  /** A key server that lists a device of its own making gains nothing (T42). */
  private static boolean isGood(DeviceStatement device, UserCertificate certificate, Instant now) {
    try {
      device.requireGood(certificate, now);
      return true;
    } catch (RefusedException e) {
      return false;
    }
  }

  /** Publishes changed keys; a new encryption subkey goes to every device that remains. */
  void publish(Opened before, UserSecretKey changed, Optional<Keyrings.NewDevice> added) {
    publish(before, changed, added, code);
  }

  /** Publishes keys, from now on under {@code nextCode}. */
  void publish(
      Opened before,
      UserSecretKey changed,
      Optional<Keyrings.NewDevice> added,
      RecoveryCode nextCode) {
    Instant now = clock.instant();
    Map<DeviceStatement, Parcel> parcels = new LinkedHashMap<>();
    if (!changed.device().lackingFor(before.keyring().certificate()).isEmpty()) {
      throw new IllegalArgumentException("a change loses no secret");
    }
    boolean rotated =
        !changed
            .certificate()
            .currentEncryptionKey(now)
            .fingerprint()
            .equals(before.keyring().certificate().currentEncryptionKey(now).fingerprint());
    if (rotated) {
      for (DeviceStatement device : before.devices()) {
        if (device.standsIn(changed.certificate(), now)) {
          parcels.put(device, Parcel.seal(changed, device, random));
        }
      }
    }
    Optional<LoginKey> recoveryKey =
        nextCode.equals(code)
            ? Optional.empty()
            : Optional.of(new LoginKey(Keyring.login(nextCode, user)));
    keyrings.change(
        new Keyrings.Change(
            changed.certificate(),
            Keyring.seal(changed.keyring(), before.version() + 1, nextCode, random),
            added,
            parcels,
            recoveryKey));
  }

  @Override
  public void close() {
    byCode.close();
  }
}
