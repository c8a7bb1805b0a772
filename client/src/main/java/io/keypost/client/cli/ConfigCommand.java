package io.keypost.client.cli;

import io.keypost.client.home.ClientSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description =
        "Keeps --dns, --trust-anchor, --allow-networks and --allow-ports in the home, and shows"
            + " what is kept.")
final class ConfigCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  ConfigCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    ClientSettings settings = options.settings(environment);
    // A value that cannot be used is refused before it is kept.
    settings.requireUsable();
    if (!options.said().equals(ClientSettings.usual())) {
      options.home(environment).keep(settings);
    }
    environment.say("home            " + options.home(environment).directory());
    environment.say("dns             " + settings.dnsServers().orElse("the system's"));
    environment.say(
        "trust anchor    "
            + settings.trustAnchorFile().map(Path::toString).orElse("the public root zone's"));
    environment.say("allow networks  " + settings.allowedNetworks().orElse("public addresses"));
    environment.say("allow ports     " + settings.allowedPorts().orElse("443"));
    return KeypostCommand.DONE;
  }
}
