package io.keypost.client.home;

import io.keypost.client.json.Json;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.KeyProtection;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.keyring.DeviceSecrets;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One address's home directory; see the package for its layout. */
public final class ClientHome {
  private static final String DEVICE_FILE = "device.key";
  private static final String LOGIN_FILE = "login.pem";
  private static final String ACCOUNT_FILE = "account.json";
  private static final String SETTINGS_FILE = "settings.json";

  private final Path directory;

  /**
   * @param directory made with mode 0700 when something is first written
   */
  public ClientHome(Path directory) {
    this.directory = directory;
  }

  /**
   * What is secret, in memory.
   *
   * @param device OpenPGP keys without the primary one, and the transfer key
   * @param login the device's login key, P-256
   */
  public record Secrets(DeviceSecrets device, KeyPair login) {}

  private record Account(@Nullable String address, @Nullable String loginKey) {}

  private record Settings(
      @Nullable String dns,
      @Nullable String trustAnchorFile,
      @Nullable String allowedNetworks,
      @Nullable String allowedPorts) {}

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /** Whether somebody is enrolled here. */
  public boolean isEnrolled() {
    return Files.exists(directory.resolve(ACCOUNT_FILE));
  }

  /** Whether a device was prepared here, and nobody knows whether its key was published. */
  public boolean isUnfinished() {
    return !isEnrolled() && Files.exists(directory.resolve(DEVICE_FILE));
  }

  /**
   * The address that is enrolled here.
   *
   * @throws RefusedException {@code not_found} when there is none
   */
  public Address address() {
    return Address.parseCanonical(Json.required(account().address, "address"));
  }

  /**
   * Keeps a new device's secrets, before they are published: nobody must be able to write to a key
   * that is nowhere kept.
   *
   * @throws RefusedException {@code conflict} when somebody is enrolled here: keys are never
   *     overwritten
   */
  public void prepare(Secrets secrets, char[] passphrase, SecureRandom random) {
    requireFree();
    PrivateFiles.createDirectory(directory);
    replace(secrets.device, passphrase, random);
    PrivateFiles.write(
        directory.resolve(LOGIN_FILE),
        KeyProtection.protect(secrets.login.getPrivate(), passphrase.clone(), random));
  }

  /**
   * Refuses to go on in a home that has an owner.
   *
   * @throws RefusedException {@code conflict}
   */
  public void requireFree() {
    if (isEnrolled()) {
      throw RefusedException.of(RefusalCode.CONFLICT, directory + " is the home of " + address());
    }
  }

  /** The key was published: from now on this is its owner's home. */
  public void confirm(Secrets secrets) {
    PrivateFiles.write(
        directory.resolve(ACCOUNT_FILE),
        Json.write(
            new Account(
                secrets.device.key().address().toString(), P256.toPem(secrets.login.getPublic()))));
  }

  /** Replaces the device's secrets by ones of which those that were here are a part. */
  public void replace(DeviceSecrets device, char[] passphrase, SecureRandom random) {
    PrivateFiles.write(directory.resolve(DEVICE_FILE), device.protect(passphrase, random));
  }

  /**
   * Reads the secrets.
   *
   * @throws RefusedException {@code not_found} when nobody is enrolled here, {@code
   *     secret_key_unusable} for another passphrase
   */
  public Secrets unlock(char[] passphrase) {
    Account account = account();
    try {
      DeviceSecrets device =
          DeviceSecrets.unprotect(
              PrivateFiles.read(directory.resolve(DEVICE_FILE)),
              Address.parseCanonical(Json.required(account.address, "address")),
              passphrase);
      PrivateKey login = KeyProtection.unprotect(text(LOGIN_FILE), passphrase.clone());
      return new Secrets(
          device,
          new KeyPair(P256.publicFromPem(Json.required(account.loginKey, "loginKey")), login));
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.SECRET_KEY_UNUSABLE
          ? RefusedException.of(
              e.code(),
              "the passphrase is not that of " + directory + ", or its files are damaged",
              e)
          : e;
    }
  }

  /** What was kept with {@link #keep}; the usual ones if nothing was. */
  public ClientSettings settings() {
    if (!Files.exists(directory.resolve(SETTINGS_FILE))) {
      return ClientSettings.usual();
    }
    Settings kept = PrivateFiles.json(directory.resolve(SETTINGS_FILE), Settings.class);
    return new ClientSettings(
        Optional.ofNullable(kept.dns),
        Optional.ofNullable(kept.trustAnchorFile).map(Path::of),
        Optional.ofNullable(kept.allowedNetworks),
        Optional.ofNullable(kept.allowedPorts));
  }

  /** Keeps settings. */
  public void keep(ClientSettings settings) {
    PrivateFiles.createDirectory(directory);
    PrivateFiles.write(
        directory.resolve(SETTINGS_FILE),
        Json.write(
            new Settings(
                settings.dnsServers().orElse(null),
                settings
                    .trustAnchorFile()
                    .map(file -> file.toAbsolutePath().toString())
                    .orElse(null),
                settings.allowedNetworks().orElse(null),
                settings.allowedPorts().orElse(null))));
  }

  /** What is said when nobody is enrolled here. */
  public RefusedException nobodyEnrolled() {
    return RefusedException.of(
        RefusalCode.NOT_FOUND, "nobody is enrolled in " + directory + ": run keypost enrol first");
  }

  private Account account() {
    if (!isEnrolled()) {
      throw nobodyEnrolled();
    }
    return PrivateFiles.json(directory.resolve(ACCOUNT_FILE), Account.class);
  }

  private String text(String name) {
    Bytes octets = PrivateFiles.read(directory.resolve(name));
    return new String(octets.toByteArray(), StandardCharsets.UTF_8);
  }
}
