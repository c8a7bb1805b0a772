package io.keypost.client.cli;

import io.keypost.client.DeviceSetup;
import io.keypost.client.KeypostClient;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
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
  @Mixin private RecoveryOptions recovery = new RecoveryOptions();
  @Mixin private DeviceNameOption device = new DeviceNameOption();

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
    Address own = Address.parse(address);
    recovery.requireWayOut(environment, options.home(environment));
    DeviceSetup setup = device.setup(environment, options);
    RecoveryCode recoveryCode = recovery.fresh(environment, setup.home());
    try (KeypostClient client = setup.enrol(own, code, recoveryCode)) {
      options.keepSaid(environment);
      environment.say("Enrolled " + client.address().shown() + ".");
      environment.say("primary key  " + client.certificate().fingerprint().hex());
      environment.say(
          "This device's keys are in "
              + setup.home().directory()
              + ", under your passphrase; the primary key is kept under your recovery code alone.");
    }
    return KeypostCommand.DONE;
  }
}
