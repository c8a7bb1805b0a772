package io.keypost.client;

import io.keypost.client.home.ClientHome;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.DeviceSecrets;
import io.keypost.protocol.openpgp.DeviceKey;
import java.security.SecureRandom;
import java.util.Arrays;

/** This device's secrets, in memory and in the home. For one thread at a time. */
final class OwnDevice implements AutoCloseable {
  private final ClientHome home;
  private final char[] passphrase;
  private final SecureRandom random;
  private DeviceSecrets secrets;

  /**
   * @param passphrase of the home; a copy is kept until this is closed
   */
  OwnDevice(ClientHome home, char[] passphrase, DeviceSecrets secrets, SecureRandom random) {
    this.home = home;
    this.passphrase = passphrase.clone();
    this.secrets = secrets;
    this.random = random;
  }

  DeviceSecrets secrets() {
    return secrets;
  }

  DeviceKey key() {
    return secrets.key();
  }

  Address address() {
    return secrets.key().address();
  }

  /** Keeps what the device holds from now on. */
  void keep(DeviceKey updated) {
    DeviceSecrets replaced = new DeviceSecrets(updated, secrets.transfer(), secrets.statement());
    home.replace(replaced, passphrase, random);
    secrets = replaced;
  }

  @Override
  public void close() {
    Arrays.fill(passphrase, '\0');
  }
}
