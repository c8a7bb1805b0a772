package io.keypost.client.cli;

import io.keypost.client.home.ClientSettings;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.provider.OpenDirectory;
import io.keypost.client.server.ServerEnrolment;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost server}. */
final class ServerCommands {
  private ServerCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec).addSubcommand(new Enrol(environment));
  }

  @Command(
      name = "server",
      mixinStandardHelpOptions = true,
      description = "Enrols a service of an operator.",
      synopsisSubcommandLabel = "enrol")
  private static final class Group {}

  @Command(
      name = "enrol",
      mixinStandardHelpOptions = true,
      description =
          "Makes a service's keys and has them certified; the service finds them within a second.")
  private static final class Enrol implements Callable<Integer> {
    private final Environment environment;
    @Mixin private HomeOptions options = new HomeOptions();

    @Parameters(paramLabel = "CODE", description = "From keypost operator server-code.")
    private String code = "";

    @Option(
        names = "--operator",
        required = true,
        paramLabel = "DOMAIN",
        description = "Whose service it is.")
    private String operator = "";

    @Option(
        names = "--dir",
        required = true,
        paramLabel = "DIR",
        description = "The service's identity directory.")
    private Path directory = Path.of("");

    @Option(
        names = "--receipt-kek",
        paramLabel = "FILE",
        description = "The provider's key-encryption key: asks for a receipt certificate too.")
    private @Nullable Path keyEncryptionKey;

    Enrol(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      ClientSettings settings = options.settings(environment);
      Optional<KeyEncryptionKey> kek =
          keyEncryptionKey == null
              ? Optional.empty()
              : Optional.of(
                  KeyEncryptionKey.parseBase64(PrivateFiles.text(keyEncryptionKey).strip()));
      try (OpenDirectory open = new OpenDirectory(settings, environment.clock())) {
        ServerIdentity made =
            new ServerEnrolment(open.client(), environment.random())
                .enrol(MailDomain.parse(operator), code, directory, kek);
        environment.say(
            "Wrote " + made + " to " + directory + ", good until " + made.expires() + ".");
      }
      return KeypostCommand.DONE;
    }
  }
}
