package io.keypost.client;

import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import io.keypost.client.provider.Enrolment;
import io.keypost.client.provider.Keyrings;
import io.keypost.client.provider.LoginKey;
import io.keypost.client.provider.Waiting;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.keyring.DeviceSecrets;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Keyring;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.keyring.TransferKey;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.Subkey;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Vertx;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A device that is being set up.
 *
 * @param home where its secrets will be; nobody must be enrolled in it
 * @param passphrase what protects them there
 * @param name what its user calls it, 1 to 64 characters; the own provider sees it
 */
public record DeviceSetup(
    ClientHome home,
    char[] passphrase,
    String name,
    ClientSettings settings,
    InstantSource clock,
    SecureRandom random) {
  /**
   * Makes this the first device of an address: makes its keys, publishes them with a one-time code
   * of its operator, and keeps in the home what its first device needs; the primary key is kept by
   * the keyring alone, under the recovery code.
   *
   * @param recovery that its user keeps, and has proved to keep
   * @throws RefusedException {@code conflict} when the home has an owner, {@code code_invalid} and
   *     others
   */
  public KeypostClient enrol(Address address, String code, RecoveryCode recovery) {
    Instant now = clock.instant();
    UserSecretKey keys = UserSecretKey.generate(address, now, random);
    ClientHome.Secrets secrets = newDevice(keys);
    home.prepare(secrets, passphrase, random);
    KeypostClient client = new KeypostClient(this, secrets);
    try {
      new Enrolment(client.provider())
          .enrol(
              code,
              keys,
              secrets.device().statement(),
              new LoginKey(Keyring.login(recovery, address)),
              Keyring.seal(keys.keyring(), 1, recovery, random));
      home.confirm(secrets);
      return client;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /**
   * Makes this a further device of an address: its own signing subkey, login key and transfer key,
   * and every encryption secret out of the keyring.
   *
   * @throws RefusedException {@code conflict} when the home has an owner; {@code
   *     secret_key_unusable} for another code
   */
  public KeypostClient add(Address address, RecoveryCode code) {
    return join(address, code, keys -> keys);
  }

  /**
   * Makes this the only device of an address whose others are lost: they are removed, and a new
   * encryption subkey takes the place of the one that they know.
   *
   * @param reason {@code COMPROMISED} when somebody else may have them
   * @throws RefusedException as {@link #add}
   */
  public KeypostClient recover(Address address, RecoveryCode code, RevocationReason reason) {
    return join(
        address,
        code,
        keys -> {
          Instant now = clock.instant();
          UserSecretKey alone = keys;
          for (Subkey.Signing other : keys.certificate().signingSubkeys(now)) {
            if (!other.fingerprint().equals(keys.signingFingerprint())) {
              alone = alone.revokeSigningSubkey(other.fingerprint(), reason, now);
            }
          }
          return alone.rotateEncryptionSubkey(now, random);
        });
  }

  private KeypostClient join(
      Address address, RecoveryCode code, UnaryOperator<UserSecretKey> change) {
    home.requireFree();
    Vertx vertx = Vertx.vertx();
    try (KeyChanges changes =
        new KeyChanges(vertx, address, code, settings, KeypostClient.pins(home), clock, random)) {
      KeyChanges.Opened opened = changes.open();
      UserSecretKey keys = change.apply(opened.keyring().withNewDevice(clock.instant(), random));
      ClientHome.Secrets secrets = newDevice(keys);
      home.prepare(secrets, passphrase, random);
      changes.publish(
          opened,
          keys,
          Optional.of(
              new Keyrings.NewDevice(secrets.device().statement(), new LoginKey(secrets.login()))));
      home.confirm(secrets);
      return new KeypostClient(this, secrets);
    } finally {
      Waiting.on(vertx.close().map("closed").toCompletionStage());
    }
  }

  private ClientHome.Secrets newDevice(UserSecretKey keys) {
    KeyPair login = P256.generate(random);
    TransferKey transfer = TransferKey.generate(random);
    DeviceStatement statement =
        DeviceStatement.sign(
            keys,
            new DeviceStatement.Facts(name, new LoginKey(login).thumbprint(), transfer.shared()),
            clock.instant());
    return new ClientHome.Secrets(new DeviceSecrets(keys.device(), transfer, statement), login);
  }
}
