package io.keypost.client.cli;

import io.keypost.client.DeviceSetup;
import io.keypost.client.KeypostClient;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description =
        "Goes on after you lost every device, with your recovery code alone: this becomes your only"
            + " device, the lost ones are removed.")
final class RecoverCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();
  @Mixin private RecoveryOptions recovery = new RecoveryOptions();
  @Mixin private DeviceNameOption device = new DeviceNameOption();

  @Parameters(paramLabel = "ADDRESS", description = "Yours.")
  private String address = "";

  @Option(
      names = "--stolen",
      description = "Somebody else may have them: nothing that they ever signed is good any more.")
  private boolean stolen;

  RecoverCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Address own = Address.parse(address);
    Supplier<RecoveryCode> code = recovery.kept(environment);
    DeviceSetup setup = device.setup(environment, options);
    try (KeypostClient client = setup.recover(own, code.get(), DeviceCommands.reason(stolen))) {
      options.keepSaid(environment);
      environment.say("This is the only device of " + client.address().shown() + " now.");
      environment.say("Mail that your other devices could read can be read here.");
    }
    return KeypostCommand.DONE;
  }
}
