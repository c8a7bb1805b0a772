package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import io.keypost.protocol.address.Address;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "enrol",
    mixinStandardHelpOptions = true,
    description =
        "Makes keys for your address and publishes them with a one-time code of your operator.")
final class EnrolCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  @Parameters(paramLabel = "ADDRESS", description = "Yours.")
  private String address = "";

  @Option(
      names = "--code",
      required = true,
      paramLabel = "CODE",
      description = "From your operator.")
  private String code = "";

  EnrolCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    ClientHome home = options.home(environment);
    ClientSettings settings = options.settings(environment);
    try (KeypostClient client =
        KeypostClient.enrol(
            home,
            options.newPassphrase(environment),
            settings,
            Address.parse(address),
            code,
            environment.clock(),
            environment.random())) {
      if (!options.said().equals(ClientSettings.usual())) {
        home.keep(settings);
      }
      environment.say("Enrolled " + client.address() + ".");
      environment.say("primary key  " + client.certificate().fingerprint().hex());
      environment.say("Your secret keys are in " + home.directory() + ", under your passphrase.");
    }
    return KeypostCommand.DONE;
  }
}
