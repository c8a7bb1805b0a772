package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.protocol.address.Address;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost alias}. */
final class AliasCommands {
  private AliasCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec).addSubcommand(new Consent(environment));
  }

  @Command(
      name = "alias",
      mixinStandardHelpOptions = true,
      description = "Aliases that point at your address.",
      synopsisSubcommandLabel = "consent")
  private static final class Group {}

  @Command(
      name = "consent",
      mixinStandardHelpOptions = true,
      description = "Consents by signature that an alias may point at you, or withdraws that.")
  private static final class Consent implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();
    @Mixin private RecoveryOptions recovery = new RecoveryOptions();

    @Parameters(paramLabel = "ALIAS", description = "The address that may point at you.")
    private String alias = "";

    @Option(names = "--withdraw", description = "Withdraws the consent.")
    private boolean withdraw;

    Consent(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      Address address = Address.parse(alias);
      try (KeypostClient client = options.open(environment)) {
        if (withdraw) {
          client.withdrawConsent(address);
          environment.say(
              "Withdrew the consent: " + address + " may not point at " + client.address() + ".");
        } else {
          client.consent(address, recovery.kept(environment));
          environment.say("Consented: " + address + " may point at " + client.address() + ".");
        }
      }
      return KeypostCommand.DONE;
    }
  }
}
