package io.keypost.stack;

import io.keypost.client.DeviceSetup;
import io.keypost.client.KeypostClient;
import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.stack.servers.ServersState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The stack's users: a client home for each below one directory, all under the plan's passphrase,
 * and beside it the recovery code, which a real user keeps elsewhere.
 */
final class Clients implements AutoCloseable {

  private final Path directory;
  private final Plan plan;
  private final ClientSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Map<Address, KeypostClient> open = new ConcurrentHashMap<>();

  Clients(
      Path directory, Plan plan, ServersState servers, InstantSource clock, SecureRandom random) {
    this.directory = directory;
    this.plan = plan;
    this.settings = settingsFor(servers);
    this.clock = clock;
    this.random = random;
  }

  /**
   * How anybody finds this stack's domains: its DNS and trust anchor, and hosts on the loopback
   * address.
   */
  static ClientSettings settingsFor(ServersState servers) {
    var dns = servers.dns();
    return new ClientSettings(
        Optional.of(dns.getAddress().getHostAddress() + ":" + dns.getPort()),
        Optional.of(servers.trustAnchorFile()),
        Optional.of("127.0.0.0/8"),
        Optional.of("1024-65535"));
  }

  KeypostClient enrol(Address address, Provider provider) {
    try (var administration = provider.administration()) {
      var home = home(address);
      home.keep(settings);
      var recovery = RecoveryCode.generate(random);
      PrivateFiles.write(recoveryFile(address), String.join(" ", recovery.words()));
      // A code is good for one try: each attempt asks for a new one.
      var client =
          Patience.with(
              () ->
                  setup(home, "first")
                      .enrol(address, administration.addressCode(address), recovery));
      open.put(address, client);
      return client;
    }
  }

  /** A further device of a user, in a home of its own; the caller closes it. */
  KeypostClient addDevice(Address address, String name) {
    var home = new ClientHome(directory.resolve(address + "-" + name));
    home.keep(settings);
    return Patience.with(() -> setup(home, name).add(address, recoveryCode(address)));
  }

  private DeviceSetup setup(ClientHome home, String name) {
    return new DeviceSetup(home, plan.passphrase(), name, settings, clock, random);
  }

  /** The code of a user who was enrolled here. */
  RecoveryCode recoveryCode(Address address) {
    try {
      return RecoveryCode.parse(Files.readString(recoveryFile(address)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path recoveryFile(Address address) {
    return directory.resolve(address + ".recovery");
  }

  /** Opened once; closed with the stack. */
  KeypostClient open(Address address) {
    return open.computeIfAbsent(
        address, key -> KeypostClient.open(home(key), plan.passphrase(), settings, clock, random));
  }

  ClientHome home(Address address) {
    return new ClientHome(directory.resolve(address.toString()));
  }

  @Override
  public void close() {
    open.values().forEach(KeypostClient::close);
    open.clear();
  }
}
