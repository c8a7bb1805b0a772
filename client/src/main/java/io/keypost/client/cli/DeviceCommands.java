package io.keypost.client.cli;

import io.keypost.client.DeviceSetup;
import io.keypost.client.KeypostClient;
import io.keypost.client.OwnKeys.DeviceView;
import io.keypost.client.json.Json;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost device}. */
final class DeviceCommands {
  /** Characters of an id that are shown, and enough to name a device. */
  private static final int SHORT_ID_CHARACTERS = 16;

  private DeviceCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec)
        .addSubcommand(new ListAll(environment))
        .addSubcommand(new Add(environment))
        .addSubcommand(new Remove(environment));
  }

  @Command(
      name = "device",
      mixinStandardHelpOptions = true,
      description = "Your devices, each with keys of its own.",
      synopsisSubcommandLabel = "list|add|remove")
  private static final class Group {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the devices that your primary key certified.")
  private static final class ListAll implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    ListAll(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      try (KeypostClient client = options.open(environment)) {
        List<DeviceView> devices = client.keys().devices();
        if (json) {
          environment.say(Json.write(devices.stream().map(DeviceCommands::facts).toList()));
        } else {
          for (DeviceView device : devices) {
            environment.say(
                "%s  %s  %s%s"
                    .formatted(
                        shortId(device),
                        device.added(),
                        MessageView.printable(device.name()),
                        device.here() ? "  (this one)" : ""));
          }
        }
      }
      return KeypostCommand.DONE;
    }
  }

  private static Map<String, Object> facts(DeviceView device) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", device.id().hex());
    facts.put("name", device.name());
    facts.put("added", device.added().toString());
    facts.put("here", device.here());
    return facts;
  }

  private static String shortId(DeviceView device) {
    return device.id().hex().substring(0, SHORT_ID_CHARACTERS);
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Makes this a further device of your address, with your recovery code.")
  private static final class Add implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();
    @Mixin private RecoveryOptions recovery = new RecoveryOptions();
    @Mixin private DeviceNameOption device = new DeviceNameOption();

    @Parameters(paramLabel = "ADDRESS", description = "Yours.")
    private String address = "";

    Add(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      Address own = Address.parse(address);
      Supplier<RecoveryCode> code = recovery.kept(environment);
      DeviceSetup setup = device.setup(environment, options);
      try (KeypostClient client = setup.add(own, code.get())) {
        options.keepSaid(environment);
        environment.say("This is a device of " + client.address().shown() + " now.");
      }
      return KeypostCommand.DONE;
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a device: it sends no more, and cannot read what comes from now on.")
  private static final class Remove implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();
    @Mixin private RecoveryOptions recovery = new RecoveryOptions();

    @Parameters(paramLabel = "DEVICE", description = "Its name, or how its id begins.")
    private String device = "";

    @Option(
        names = "--stolen",
        description = "Somebody else may have it: nothing that it ever signed is good any more.")
    private boolean stolen;

    Remove(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      options.requireReady(environment);
      Supplier<RecoveryCode> code = recovery.kept(environment);
      try (KeypostClient client = options.open(environment)) {
        DeviceView found = find(client.keys().devices(), device);
        client.keys().remove(found.id(), reason(stolen), code.get());
        environment.say(
            "Removed " + shortId(found) + "  " + MessageView.printable(found.name()) + ".");
      }
      return KeypostCommand.DONE;
    }
  }

  static RevocationReason reason(boolean stolen) {
    return stolen ? RevocationReason.COMPROMISED : RevocationReason.RETIRED;
  }

  /** Two devices of one name must not be confused. */
  private static DeviceView find(List<DeviceView> devices, String said) {
    List<DeviceView> found =
        devices.stream()
            .filter(
                device ->
                    device.name().equals(said)
                        || (said.length() >= SHORT_ID_CHARACTERS
                            && device.id().hex().startsWith(said)))
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw RefusedException.of(
        found.isEmpty() ? RefusalCode.NOT_FOUND : RefusalCode.CONFLICT,
        found.isEmpty()
            ? "you have no device " + said
            : "several of your devices are called " + said + ": say how its id begins");
  }
}
