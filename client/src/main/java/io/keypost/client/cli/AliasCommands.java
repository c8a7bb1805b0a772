package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.json.Json;
import io.keypost.client.provider.Consents;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    return new CommandLine(spec)
        .addSubcommand(new Consent(environment))
        .addSubcommand(new Dismiss(environment))
        .addSubcommand(new ListAll(environment))
        .addSubcommand(new Point(environment));
  }

  @Command(
      name = "alias",
      mixinStandardHelpOptions = true,
      description = "Aliases that point at your address, and where it points itself.",
      synopsisSubcommandLabel = "consent|dismiss|list|point")
  private static final class Group {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the aliases that may point at you, and those that ask to.")
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
        Consents.Listing listing = client.consents();
        if (json) {
          environment.say(
              Json.write(Map.of("given", facts(listing.given()), "asked", facts(listing.asked()))));
        } else {
          listing.given().forEach(entry -> tell("may point at you", entry));
          listing.asked().forEach(entry -> tell("asks to       ", entry));
        }
      }
      return KeypostCommand.DONE;
    }

    private void tell(String what, Consents.Entry entry) {
      environment.say(what + "  " + entry.alias().shown() + "  since " + entry.at());
    }

    private static List<Map<String, String>> facts(List<Consents.Entry> entries) {
      return entries.stream()
          .map(entry -> Map.of("alias", entry.alias().toString(), "since", entry.at().toString()))
          .toList();
    }
  }

  @Command(
      name = "point",
      mixinStandardHelpOptions = true,
      description =
          "Makes your address point at another, whose user has consented, or at nothing again: then"
              + " it is your mailbox as before.")
  private static final class Point implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();
    @Mixin private RecoveryOptions recovery = new RecoveryOptions();

    @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Where (default: nowhere).")
    private @Nullable String target;

    Point(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      @Nullable Address to = target == null ? null : Address.parse(target);
      options.requireReady(environment);
      Supplier<RecoveryCode> code = recovery.kept(environment);
      try (KeypostClient client = options.open(environment)) {
        if (to == null) {
          client.pointNowhere(code.get());
          environment.say(client.address().shown() + " is your mailbox again.");
        } else {
          client.pointAt(to, code.get());
          environment.say(client.address().shown() + " points at " + to.shown() + " from now on.");
          environment.say("Who knows your key follows by itself; nobody is forwarded.");
        }
      }
      return KeypostCommand.DONE;
    }
  }

  @Command(
      name = "dismiss",
      mixinStandardHelpOptions = true,
      description =
          "Shows the request of an alias no more, for 30 days, however often it asks. It may point"
              + " at you no more than before.")
  private static final class Dismiss implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();

    @Parameters(paramLabel = "ALIAS", description = "The address that asks to point at you.")
    private String alias = "";

    Dismiss(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      Address address = Address.parse(alias);
      try (KeypostClient client = options.open(environment)) {
        client.dismissRequest(address);
        environment.say("Dismissed: " + address + " may not point at " + client.address() + ".");
      }
      return KeypostCommand.DONE;
    }
  }

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
      options.requireReady(environment);
      if (withdraw) {
        withdraw(address);
      } else {
        consent(address, recovery.kept(environment));
      }
      return KeypostCommand.DONE;
    }

    private void consent(Address address, Supplier<RecoveryCode> code) {
      try (KeypostClient client = options.open(environment)) {
        client.consent(address, code.get());
        environment.say(
            "Consented: " + address.shown() + " may point at " + client.address().shown() + ".");
      }
    }

    private void withdraw(Address address) {
      try (KeypostClient client = options.open(environment)) {
        client.withdrawConsent(address);
        environment.say(
            "Withdrew the consent: "
                + address.shown()
                + " may not point at "
                + client.address().shown()
                + ".");
      }
    }
  }
}
