package io.keypost.client.cli;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.operator.Administration;
import io.keypost.client.operator.DomainState;
import io.keypost.client.operator.PoolMember;
import io.keypost.client.operator.ServerPurpose;
import io.keypost.client.root.Authority;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost operator}: speaks with a key server's management port. */
final class OperatorCommands {
  private OperatorCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec)
        .addSubcommand(new Init(environment))
        .addSubcommand(new InstallAuthority(environment))
        .addSubcommand(
            "domain",
            new CommandLine(new Domain(environment))
                .addSubcommand(new DomainImportCommand(environment)))
        .addSubcommand(new Code(environment))
        .addSubcommand(new ServerCode(environment))
        .addSubcommand(OperatorServerCommands.all(environment))
        .addSubcommand(OperatorCertificateCommands.all(environment))
        .addSubcommand(new Alias(environment))
        .addSubcommand(new Revoke(environment))
        .addSubcommand(UserCommands.suspend(environment))
        .addSubcommand(UserCommands.delete(environment));
  }

  @Command(
      name = "operator",
      mixinStandardHelpOptions = true,
      description = "Administers domains at their key server, over its management port.",
      synopsisSubcommandLabel =
          "init|authority|domain|code|server-code|server|certificate|alias|revoke|suspend|delete")
  private static final class Group {}

  private static final class ManagementOptions {
    @Option(
        names = "--management",
        paramLabel = "URL",
        defaultValue = "http://127.0.0.1:9000",
        description = "The key server's management port (default: ${DEFAULT-VALUE}).")
    private URI management = URI.create("http://127.0.0.1:9000");

    @Option(
        names = "--admin-token-file",
        paramLabel = "FILE",
        description = "Written by the key server at its first start.")
    private @Nullable Path adminTokenFile;

    Administration open() {
      if (adminTokenFile == null) {
        // Not required by the parser: that would ask for it before a subcommand too.
        throw new IllegalArgumentException("--admin-token-file is missing");
      }
      if (management.getScheme() == null || management.getHost() == null) {
        throw new IllegalArgumentException(
            "--management is a URL as http://127.0.0.1:9000, not " + management);
      }
      return new Administration(management, adminTokenFile);
    }
  }

  /** A command that asks the management port. */
  abstract static class Asking implements Callable<Integer> {
    final Environment environment;
    @Mixin private ManagementOptions options = new ManagementOptions();

    Asking(Environment environment) {
      this.environment = environment;
    }

    @Override
    public final Integer call() {
      try (Administration administration = options.open()) {
        ask(administration);
      }
      return KeypostCommand.DONE;
    }

    abstract void ask(Administration administration);

    void tell(DomainState state) {
      environment.say(state.domain() + "  " + state.state() + "  gen " + state.gen());
      DomainState.DnsRecord dns = state.dns();
      if (dns != null) {
        environment.say("publish in DNS:");
        environment.say(dns.name() + ". IN TXT \"" + dns.txt() + "\"");
      }
    }
  }

  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      description =
          "Has the key of a domain's operational CA made, and gives the request for the offline"
              + " root.")
  private static final class Init extends Asking {
    @Parameters(paramLabel = "DOMAIN", description = "Whose CA.")
    private String domain = "";

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where to write it (default: standard output).")
    private @Nullable Path out;

    Init(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      if (out != null) {
        PrivateFiles.requireNoDirectory(out);
      }
      String request = administration.init(MailDomain.parse(domain));
      if (out == null) {
        environment.say(request);
      } else {
        PrivateFiles.write(out, request);
        environment.say(
            "Wrote the request to "
                + out
                + ". Next, offline: keypost root sign "
                + out
                + " --dir …");
      }
    }
  }

  @Command(
      name = "authority",
      mixinStandardHelpOptions = true,
      description =
          "Uploads what the root signed; then the key server can issue its own certificates.")
  private static final class InstallAuthority extends Asking {
    @Parameters(paramLabel = "FILE", description = "What keypost root sign wrote.")
    private Path file = Path.of("");

    InstallAuthority(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Authority authority = AuthorityFile.read(file);
      tell(administration.authority(authority.domain(), authority));
    }
  }

  @Command(
      name = "domain",
      mixinStandardHelpOptions = true,
      description = "Shows one domain, or all.")
  private static final class Domain extends Asking {
    @Parameters(paramLabel = "DOMAIN", arity = "0..1", description = "Which (default: all).")
    private @Nullable String domain;

    Domain(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      List<DomainState> states =
          domain == null
              ? administration.domains()
              : List.of(administration.domain(MailDomain.parse(domain)));
      states.forEach(this::tell);
    }
  }

  @Command(
      name = "code",
      mixinStandardHelpOptions = true,
      description = "A one-time code to enrol an address with.")
  private static final class Code extends Asking {
    @Parameters(paramLabel = "ADDRESS", description = "Whose.")
    private String address = "";

    @Option(
        names = "--replaces-key",
        description =
            "For a user who lost all devices and the recovery code: lets a new key take the last"
                + " one's place without its word. Everybody who wrote to the user is shown that, so"
                + " make sure first who asks.")
    private boolean replacesKey;

    Code(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Address holder = Address.parse(address);
      environment.say(
          replacesKey
              ? administration.replacementCode(holder)
              : administration.addressCode(holder));
    }
  }

  @Command(
      name = "server-code",
      mixinStandardHelpOptions = true,
      description = "A one-time code with which a service gets its certificates.")
  private static final class ServerCode extends Asking {
    @Parameters(paramLabel = "SERVICE", description = "For example ingress.")
    private String service = "";

    @Option(
        names = "--host",
        required = true,
        paramLabel = "NAME",
        description = "Host name; may be repeated.")
    private List<String> hosts = new ArrayList<>();

    @Option(names = "--receipts", description = "The service signs receipts too.")
    private boolean receipts;

    @Option(
        names = "--pool",
        paramLabel = "NAME",
        description = "The service receives mail, in this pool.")
    private @Nullable String pool;

    @Option(
        names = "--port",
        paramLabel = "PORT",
        defaultValue = "443",
        description = "Where it receives.")
    private int port = 443;

    @Option(
        names = "--priority",
        paramLabel = "N",
        defaultValue = "10",
        description = "Lower goes first.")
    private int priority = 10;

    @Option(names = "--weight", paramLabel = "N", defaultValue = "10", description = "Share.")
    private int weight = 10;

    ServerCode(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      List<MailDomain> names = hosts.stream().map(MailDomain::parse).toList();
      environment.say(
          administration.serverCode(
              service,
              names,
              receipts ? ServerPurpose.SERVER_AND_RECEIPTS : ServerPurpose.SERVER,
              Optional.ofNullable(pool)
                  .map(name -> new PoolMember(name, names.getFirst(), port, priority, weight))));
    }
  }

  @Command(
      name = "alias",
      mixinStandardHelpOptions = true,
      description = "Points an alias at a mailbox whose user has consented, or at nothing.")
  private static final class Alias extends Asking {
    @Parameters(index = "0", paramLabel = "ALIAS", description = "The address that points.")
    private String alias = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TARGET",
        description = "Where (default: nowhere).")
    private @Nullable String target;

    Alias(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Address from = Address.parse(alias);
      if (target == null) {
        administration.unalias(from);
        environment.say(from.shown() + " points nowhere.");
      } else {
        Address to = Address.parse(target);
        administration.alias(from, to);
        environment.say(from.shown() + " points at " + to.shown() + ", who has consented.");
      }
    }
  }

  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revokes an address.")
  private static final class Revoke extends Asking {
    @Parameters(paramLabel = "ADDRESS", description = "Which.")
    private String address = "";

    Revoke(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Address revoked = Address.parse(address);
      administration.revoke(revoked);
      environment.say(revoked.shown() + " is revoked: it receives and sends no more.");
    }
  }
}
