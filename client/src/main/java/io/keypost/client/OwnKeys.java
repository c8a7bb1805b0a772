package io.keypost.client;

import io.keypost.client.provider.Keyrings;
import io.keypost.client.provider.ProviderConnection;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.AddressView;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.EncryptionSecret;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The user's own keys and devices, as this device sees and changes them. What changes the
 * certificate takes the recovery code, which is not kept.
 */
public final class OwnKeys {
  private final OwnDevice device;
  private final ProviderConnection provider;
  private final Function<RecoveryCode, KeyChanges> withCode;
  private final InstantSource clock;
  private final SecureRandom random;

  OwnKeys(
      OwnDevice device,
      ProviderConnection provider,
      Function<RecoveryCode, KeyChanges> withCode,
      InstantSource clock,
      SecureRandom random) {
    this.device = device;
    this.provider = provider;
    this.withCode = withCode;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A device of the user.
   *
   * @param id fingerprint of its signing subkey
   * @param here whether it is this one
   */
  public record DeviceView(String name, Bytes id, Instant added, boolean here) {}

  /** The devices that the user's primary key certified and did not remove. */
  public List<DeviceView> devices() {
    refresh();
    UserCertificate certificate = device.key().certificate();
    Instant now = clock.instant();
    List<DeviceView> views = new ArrayList<>();
    for (DeviceStatement statement : new Keyrings(provider).devices()) {
      statement.requireGood(certificate, now);
      views.add(
          new DeviceView(
              statement.name(),
              statement.signingKey(),
              statement.added(),
              statement.signingKey().equals(device.key().signingFingerprint())));
    }
    return views;
  }

  /**
   * Takes over what the user's other devices changed: the certificate that stands now, and the
   * secrets of its encryption subkeys.
   *
   * @return whether anything was new
   * @throws RefusedException {@code key_change_unsigned} when the address shows another primary key
   *     than this device's
   */
  public boolean refresh() {
    Instant now = clock.instant();
    Address user = device.address();
    AddressView view =
        Waiting.onRepeatable(() -> provider.directory().addressFetchedSince(user, now));
    if (view.record().content() instanceof AddressRecord.Alias) {
      // Who points elsewhere has no certificate there; what came before can be read here still.
      return false;
    }
    UserCertificate published = Correspondents.mailbox(view);
    DeviceKey before = device.key();
    if (!published.fingerprint().equals(before.certificate().fingerprint())) {
      throw RefusedException.of(
          RefusalCode.KEY_CHANGE_UNSIGNED,
          user + " has another primary key now than this device's: it was enrolled anew");
    }
    List<Bytes> lacking = before.lackingFor(published);
    if (published.equals(before.certificate()) && lacking.isEmpty()) {
      return false;
    }
    List<Parcel> waiting = lacking.isEmpty() ? List.of() : new Keyrings(provider).parcels();
    List<EncryptionSecret> opened = new ArrayList<>();
    for (Parcel parcel : waiting.reversed()) {
      if (lacking.contains(parcel.key())) {
        opened.add(
            parcel.open(device.secrets().transfer(), device.secrets().statement(), published));
      }
    }
    device.keep(before.update(published, opened));
    // Only what is on the disk here is no longer needed there.
    waiting.forEach(new Keyrings(provider)::fetched);
    return true;
  }

  /**
   * Refuses to go on as a device that was removed.
   *
   * @throws RefusedException {@code sender_key_revoked}
   */
  void requireNotRemoved() {
    if (!device.key().maySign(clock.instant())) {
      throw RefusedException.of(
          RefusalCode.SENDER_KEY_REVOKED,
          "this device was removed from " + device.address() + ": nothing can be sent from it");
    }
  }

  /**
   * Removes a device: revokes its signing subkey, ends its login key, and makes a new encryption
   * subkey that it never learns of.
   *
   * @param id fingerprint of its signing subkey
   * @param reason {@code COMPROMISED} when somebody else may have it: then nothing that it ever
   *     signed is good
   * @throws RefusedException {@code not_found} when the user has no such device; {@code
   *     secret_key_unusable} for another code
   */
  public void remove(Bytes id, RevocationReason reason, RecoveryCode code) {
    Instant now = clock.instant();
    change(
        code,
        keys -> keys.revokeSigningSubkey(id, reason, now).rotateEncryptionSubkey(now, random));
  }

  /** Makes a new encryption subkey; mail to the ones before stays readable. */
  public void rotate(RecoveryCode code) {
    Instant now = clock.instant();
    change(code, keys -> keys.rotateEncryptionSubkey(now, random));
  }

  private void change(RecoveryCode code, Function<UserSecretKey, UserSecretKey> work) {
    try (KeyChanges changes = withCode.apply(code)) {
      KeyChanges.Opened opened = changes.open();
      changes.publish(
          opened, work.apply(opened.keyring().withDevice(device.key())), Optional.empty());
    }
    // Like any other device: what was lost between there and here waits in a parcel.
    refreshIfKnown();
  }

  private void refreshIfKnown() {
    try {
      refresh();
    } catch (RefusedException e) {
      // A device that has just removed itself is known to the key server no more.
      if (e.code() != RefusalCode.ASSERTION_INVALID && e.code() != RefusalCode.TOKEN_INVALID) {
        throw e;
      }
    }
  }

  /** Seals the keyring under another code; the one before opens nothing from then on. */
  public void changeCode(RecoveryCode before, RecoveryCode after) {
    try (KeyChanges changes = withCode.apply(before)) {
      KeyChanges.Opened opened = changes.open();
      changes.publish(opened, opened.keyring().withDevice(device.key()), Optional.empty(), after);
    }
  }

  /** Does what takes the primary key but changes no key: a consent. */
  void withPrimary(RecoveryCode code, Consumer<UserSecretKey> work) {
    try (KeyChanges changes = withCode.apply(code)) {
      work.accept(changes.open().keyring().withDevice(device.key()));
    }
  }

  /**
   * Signs the next statement of the address.
   *
   * @param says what; empty for the key that it has: it is a mailbox
   */
  KeyStatement state(RecoveryCode code, Optional<KeyStatement.Says> says) {
    try (KeyChanges changes = withCode.apply(code)) {
      KeyChanges.Opened opened = changes.open();
      UserSecretKey keys = opened.keyring().withDevice(device.key());
      return KeyStatement.next(
          opened.published().history().orElseThrow(),
          says.orElseGet(() -> KeyStatement.keyOf(keys.certificate())),
          keys,
          clock.instant());
    }
  }
}
