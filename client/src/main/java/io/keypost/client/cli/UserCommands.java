package io.keypost.client.cli;

import io.keypost.client.operator.Administration;
import io.keypost.protocol.address.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an operator does to a user, of {@code keypost operator}. */
final class UserCommands {
  private UserCommands() {}

  static Object suspend(Environment environment) {
    return new Suspend(environment);
  }

  static Object delete(Environment environment) {
    return new Delete(environment);
  }

  @Command(
      name = "suspend",
      mixinStandardHelpOptions = true,
      description = "Shuts a user's mailbox for a while; its record says revoked meanwhile.")
  private static final class Suspend extends OperatorCommands.Asking {
    @Parameters(paramLabel = "ADDRESS", description = "Whose.")
    private String address = "";

    @Option(names = "--lift", description = "Opens it again, under the keys that it had.")
    private boolean lift;

    Suspend(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Address user = Address.parse(address);
      if (lift) {
        administration.resume(user);
        environment.say(user.shown() + " receives and sends again.");
      } else {
        administration.suspend(user);
        environment.say(user.shown() + " is suspended: it receives and sends nothing.");
      }
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description =
          "Deletes a user: address unknown, keyring, devices and consents gone. Whoever gets the"
              + " address next needs a code with --replaces-key.")
  private static final class Delete extends OperatorCommands.Asking {
    @Parameters(paramLabel = "ADDRESS", description = "Whose.")
    private String address = "";

    Delete(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Address user = Address.parse(address);
      administration.delete(user);
      environment.say(user.shown() + " is deleted.");
    }
  }
}
