package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.protocol.keyring.RecoveryCode;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** {@code keypost key}. */
final class KeyCommands {
  private KeyCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec).addSubcommand(new Rotate(environment));
  }

  @Command(
      name = "key",
      mixinStandardHelpOptions = true,
      description = "Your keys.",
      synopsisSubcommandLabel = "rotate")
  private static final class Group {}

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Makes a new encryption key; mail to the ones before stays readable.")
  private static final class Rotate implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();
    @Mixin private RecoveryOptions recovery = new RecoveryOptions();

    Rotate(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      options.requireReady(environment);
      Supplier<RecoveryCode> code = recovery.kept(environment);
      try (KeypostClient client = options.open(environment)) {
        client.keys().rotate(code.get());
        environment.say(
            "encryption key  "
                + client
                    .certificate()
                    .currentEncryptionKey(environment.clock().instant())
                    .fingerprint()
                    .hex());
        environment.say("Your other devices fetch its secret with their next command.");
      }
      return KeypostCommand.DONE;
    }
  }
}
