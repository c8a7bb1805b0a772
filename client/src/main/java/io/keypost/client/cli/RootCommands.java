package io.keypost.client.cli;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.root.Authority;
import io.keypost.client.root.CaHandover;
import io.keypost.client.root.RootCeremony;
import io.keypost.client.root.RootLock;
import io.keypost.client.root.RootRotation;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost root}: on a machine without network. */
final class RootCommands {
  private RootCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec)
        .addSubcommand(new Create(environment))
        .addSubcommand(new Sign(environment))
        .addSubcommand(new Rotate(environment))
        .addSubcommand(new Show(environment));
  }

  @Command(
      name = "root",
      mixinStandardHelpOptions = true,
      description = "Makes and uses a domain's root, on a machine without network.",
      synopsisSubcommandLabel = "create|sign|rotate|show")
  private static final class Group {}

  private static final class RootOptions {
    @Option(
        names = "--dir",
        required = true,
        paramLabel = "DIR",
        description = "Where the root is kept.")
    private Path directory = Path.of("");

    @Option(
        names = "--passphrase-file",
        paramLabel = "FILE",
        description = "Holds the root's passphrase.")
    private @Nullable Path passphraseFile;

    RootCeremony ceremony(Environment environment) {
      return new RootCeremony(directory, environment.clock(), environment.random());
    }
  }

  /**
   * The request in a file, once it is known to be one that the root may sign: nobody is asked for a
   * passphrase before.
   */
  private static String request(Path file, Consumer<String> requirement) {
    String pem = PrivateFiles.text(file);
    try {
      requirement.accept(pem);
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.CERTIFICATE_MALFORMED
          ? RefusedException.of(
              e.code(),
              file + " is not what keypost operator init gave: " + e.refusal().detail(),
              e)
          : e;
    }
    return pem;
  }

  private static void tell(Environment environment, RootCeremony.Root root) {
    environment.say("domain      " + root.domain());
    environment.say("root        " + root.key() + " (digest of its public key: what DNS will pin)");
    environment.say("good until  " + root.certificate().getNotAfter().toInstant());
    environment.say("statements  " + root.gen());
    root.announced()
        .ifPresent(
            next -> {
              environment.say("next root   " + next.key() + ", announced at " + next.since());
              environment.say(
                  "change      from "
                      + next.since().plus(RootRotation.ANNOUNCED_AT_LEAST)
                      + " on: keypost root rotate --change REQUEST");
            });
  }

  @Command(name = "create", mixinStandardHelpOptions = true, description = "Makes a domain's root.")
  private static final class Create implements Callable<Integer> {
    private final Environment environment;
    @Mixin private RootOptions options = new RootOptions();

    @Parameters(paramLabel = "DOMAIN", description = "Whose root.")
    private String domain = "";

    Create(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      MailDomain owner = MailDomain.parse(domain);
      RootCeremony ceremony = options.ceremony(environment);
      ceremony.requireFree();
      RootCeremony.Root root =
          ceremony.create(owner, environment.newPassphrase(options.passphraseFile));
      environment.say("Made the root of " + root.domain() + " in " + options.directory + ".");
      tell(environment, root);
      environment.say("");
      environment.say(
          "Its secret key is in root.key, under your passphrase: keep both, apart from each other"
              + " and off");
      environment.say(
          "the network. Nothing but the certificate and signed answers ever leaves this"
              + " directory.");
      environment.say(
          "Next: have the key server make a request (keypost operator init), and sign it here.");
      return KeypostCommand.DONE;
    }
  }

  @Command(
      name = "sign",
      mixinStandardHelpOptions = true,
      description =
          "Signs an operational CA's request, and a root statement that puts it in force.")
  private static final class Sign implements Callable<Integer> {
    private final Environment environment;
    @Mixin private RootOptions options = new RootOptions();

    @Parameters(paramLabel = "REQUEST", description = "What keypost operator init gave, PEM.")
    private Path request = Path.of("");

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "The answer, for the key server.")
    private Path out = Path.of("");

    @Option(
        names = "--only-this",
        description = "No other CA stays in force: when the last one's key may be in other hands.")
    private boolean onlyThis;

    Sign(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      RootCeremony ceremony = options.ceremony(environment);
      String requestPem = request(request, ceremony::requireSignable);
      PrivateFiles.requireNoDirectory(out);
      Authority authority =
          ceremony.sign(
              requestPem,
              environment.passphrase(options.passphraseFile),
              onlyThis ? CaHandover.ONLY_THIS : CaHandover.KEEP_OTHERS);
      PrivateFiles.write(out, AuthorityFile.write(authority));
      environment.say(
          "Checked that the request is one of "
              + authority.domain()
              + "'s operational CA, and signed it.");
      environment.say(
          "Signed root statement gen " + authority.gen() + ", which puts that CA in force.");
      environment.say("Wrote both to " + out + ": nothing in it is secret.");
      environment.say("Next: keypost operator authority " + out);
      return KeypostCommand.DONE;
    }
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = {
        "Exchanges the root, in two steps with a week between them.",
        "Without --change: makes the next root and has the present one announce it.",
        "With --change: the announced root signs the key server's request and takes over."
      })
  private static final class Rotate implements Callable<Integer> {
    private final Environment environment;
    @Mixin private RootOptions options = new RootOptions();

    @Option(
        names = "--change",
        paramLabel = "REQUEST",
        description = "What keypost operator init gave, PEM: change to the announced root.")
    private @Nullable Path request;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "The answer, for the key server.")
    private Path out = Path.of("");

    @Option(
        names = "--next-passphrase-file",
        paramLabel = "FILE",
        description = "Holds the next root's passphrase (default: the same as the present one's).")
    private @Nullable Path nextPassphraseFile;

    @Option(
        names = "--at-once",
        description = "Change without waiting: when the present root's key may be in other hands.")
    private boolean atOnce;

    Rotate(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      RootRotation rotation =
          new RootRotation(options.directory, environment.clock(), environment.random());
      PrivateFiles.requireNoDirectory(out);
      if (request == null) {
        rotation.requireNoneAnnounced();
        return announce(rotation);
      }
      RootRotation.Haste haste = atOnce ? RootRotation.Haste.AT_ONCE : RootRotation.Haste.NONE;
      String requestPem = request(request, pem -> rotation.requireChangeable(pem, haste));
      return change(rotation, requestPem, haste);
    }

    private Integer announce(RootRotation rotation) {
      RootLock lock = RootLock.passphrase(environment.passphrase(options.passphraseFile));
      RootLock nextLock =
          nextPassphraseFile == null
              ? lock
              : RootLock.passphrase(environment.newPassphrase(nextPassphraseFile));
      RootRotation.Announcement announced = rotation.announce(lock, nextLock);
      PrivateFiles.write(out, AuthorityFile.write(announced.authority()));
      environment.say(
          "Made the next root in " + options.directory.resolve("next") + ", under its passphrase.");
      environment.say("next root   " + announced.nextRoot());
      environment.say(
          "Signed root statement gen "
              + announced.authority().gen()
              + ", which announces it and changes nothing else.");
      environment.say("Next, in this order:");
      environment.say("  1. keypost operator authority " + out);
      environment.say("  2. publish in DNS what that prints: gen is higher, the root is the same");
      environment.say("  3. keep the next root's key apart from the present one's");
      environment.say(
          "  4. not before "
              + announced.changeFrom()
              + ": keypost operator init "
              + announced.authority().domain()
              + ", then keypost root rotate --change REQUEST");
      return KeypostCommand.DONE;
    }

    private Integer change(RootRotation rotation, String requestPem, RootRotation.Haste haste) {
      Authority authority =
          rotation.change(
              requestPem,
              RootLock.passphrase(
                  environment.passphrase(
                      nextPassphraseFile == null ? options.passphraseFile : nextPassphraseFile)),
              haste);
      PrivateFiles.write(out, AuthorityFile.write(authority));
      environment.say(
          "The announced root signed the operational CA, and root statement gen "
              + authority.gen()
              + " under itself.");
      environment.say(
          "It stands in " + options.directory + " now; the old one in retired-… beside it.");
      environment.say("root        " + authority.rootKey());
      environment.say("Next, in this order and without delay:");
      environment.say("  1. keypost operator authority " + out);
      environment.say("  2. publish in DNS what that prints: it names the new root");
      environment.say(
          "The services renew their certificates by themselves within a minute or two; mail waits"
              + " that long and is not lost.");
      environment.say(
          "Keep the old root's directory for a year: its announcement proves that the new one"
              + " follows it.");
      return KeypostCommand.DONE;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows a root, without its passphrase.")
  private static final class Show implements Callable<Integer> {
    private final Environment environment;
    @Mixin private RootOptions options = new RootOptions();

    Show(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() {
      tell(environment, options.ceremony(environment).show());
      return KeypostCommand.DONE;
    }
  }
}
