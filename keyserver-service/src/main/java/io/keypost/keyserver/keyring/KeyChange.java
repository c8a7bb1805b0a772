package io.keypost.keyserver.keyring;

import io.keypost.keyserver.token.LoginKey;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.Subkey;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A change of a user's keys, taken whole or not at all (KP-KEY-27): there is never a certificate
 * whose secrets no keyring has, nor an encryption subkey that a device of the user cannot read.
 *
 * @param certificate what shall be published
 * @param keyring what the recovery code will open
 * @param device one that is added
 * @param parcels the new encryption secret, for the devices that remain
 * @param recoveryKey the login key of another recovery code, when there is another
 */
public record KeyChange(
    UserCertificate certificate,
    SealedSecrets keyring,
    Optional<NewDevice> device,
    List<AddressedParcel> parcels,
    Optional<LoginKey> recoveryKey) {
  /** Most devices of one user. */
  public static final int MAX_DEVICES = 16;

  /** A device that is added, with the login key that its statement names. */
  public record NewDevice(DeviceStatement statement, LoginKey loginKey) {}

  /**
   * A parcel and whom it is for.
   *
   * @param device fingerprint of the signing subkey
   */
  public record AddressedParcel(Bytes device, Parcel parcel) {}

  /**
   * What stands before the change.
   *
   * @param keyringVersion 0 when there is no keyring
   * @param devices that were not removed
   */
  public record Standing(
      UserCertificate certificate, long keyringVersion, List<DeviceStatement> devices) {}

  /**
   * Decides.
   *
   * @return the devices that the change removes: those whose signing subkey is not good any more
   * @throws RefusedException as KP-KEY-27 says
   */
  public List<DeviceStatement> removes(Standing standing, Instant now) {
    certificate.requireSuccessorOf(standing.certificate());
    if (keyring.version() != standing.keyringVersion() + 1) {
      throw RefusedException.of(
          RefusalCode.CONFLICT,
          "the keyring here has version " + standing.keyringVersion() + ", not one below");
    }
    Map<Boolean, List<DeviceStatement>> stand =
        standing.devices().stream()
            .collect(Collectors.partitioningBy(d -> d.standsIn(certificate, now)));
    List<DeviceStatement> removed = stand.getOrDefault(false, List.of());
    List<DeviceStatement> remaining = stand.getOrDefault(true, List.of());
    device.ifPresent(added -> requireGood(added, standing, remaining, now));
    requireParcels(standing, removed, remaining, now);
    return removed;
  }

  private void requireGood(
      NewDevice added, Standing standing, List<DeviceStatement> remaining, Instant now) {
    DeviceStatement statement = added.statement();
    requireGood(statement, added.loginKey(), certificate, now);
    if (standing.devices().stream().anyMatch(d -> d.signingKey().equals(statement.signingKey()))) {
      throw RefusedException.of(RefusalCode.CONFLICT, "the device is there already");
    }
    if (remaining.size() >= MAX_DEVICES) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, "a user has at most " + MAX_DEVICES + " devices: remove one first");
    }
  }

  /**
   * Verifies a new device's statement.
   *
   * @throws RefusedException {@code statement_invalid}
   */
  public static void requireGood(
      DeviceStatement statement, LoginKey loginKey, UserCertificate certificate, Instant now) {
    statement.requireGood(certificate, now);
    if (!statement.loginKey().equals(loginKey.thumbprint())) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID, "the device's statement names another login key");
    }
  }

  private void requireParcels(
      Standing standing,
      List<DeviceStatement> removed,
      List<DeviceStatement> remaining,
      Instant now) {
    Optional<Bytes> current = currentKey(certificate, now);
    boolean rotated = !current.equals(currentKey(standing.certificate(), now));
    if (!removed.isEmpty() && current.isPresent() && !rotated) {
      throw RefusedException.of(
          RefusalCode.USER_CERTIFICATE_INVALID,
          "a device was removed that still knows the encryption subkey");
    }
    Set<Bytes> awaited =
        rotated && current.isPresent()
            ? remaining.stream().map(DeviceStatement::signingKey).collect(Collectors.toSet())
            : Set.of();
    Set<Bytes> given = new HashSet<>();
    for (AddressedParcel parcel : parcels) {
      if (!awaited.contains(parcel.device())
          || !current.equals(Optional.of(parcel.parcel().key()))
          || !given.add(parcel.device())) {
        throw RefusedException.of(
            RefusalCode.MALFORMED_REQUEST, "a parcel that no remaining device waits for");
      }
    }
    if (given.size() != awaited.size()) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_REQUEST,
          "a new encryption subkey comes with a parcel for each remaining device");
    }
  }

  private static Optional<Bytes> currentKey(UserCertificate certificate, Instant now) {
    try {
      return Optional.of(certificate.currentEncryptionKey(now)).map(Subkey::fingerprint);
    } catch (RefusedException e) {
      // Everything is revoked: nobody can write to the user any more.
      return Optional.empty();
    }
  }
}
