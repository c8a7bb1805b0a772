package io.keypost.client.cli;

import io.keypost.client.DeviceSetup;
import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a device that is set up is called. */
final class DeviceNameOption {
  private static final String USUAL = "device";

  @Option(
      names = "--device-name",
      paramLabel = "NAME",
      description =
          "What you call this device; your provider sees it (default: $HOSTNAME or \"device\").")
  private @Nullable String name;

  /** The setup of this device. */
  DeviceSetup setup(Environment environment, HomeOptions options) {
    ClientHome home = options.home(environment);
    home.requireFree();
    ClientSettings settings = options.settings(environment);
    settings.requireUsable();
    return new DeviceSetup(
        home,
        options.newPassphrase(environment),
        name == null ? environment.variables().getOrDefault("HOSTNAME", USUAL) : name,
        settings,
        environment.clock(),
        environment.random());
  }
}
