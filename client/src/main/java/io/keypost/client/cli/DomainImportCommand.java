package io.keypost.client.cli;

import io.keypost.client.cli.OperatorCommands.Asking;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.operator.Administration;
import io.keypost.client.operator.DomainImport;
import io.keypost.client.operator.DomainImport.IfReady;
import io.keypost.client.operator.DomainImport.Imported;
import io.keypost.client.operator.DomainImport.Result;
import io.keypost.client.operator.DomainState;
import io.keypost.client.root.RootLock;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keypost operator domain import}: domains whose roots the provider keeps. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Takes in the domains of a file, one a line, and keeps their roots for their owners.",
      "Their records say managed. An import that was interrupted is simply repeated."
    })
final class DomainImportCommand extends Asking {
  private static final int TELL_EVERY = 100;

  @Parameters(paramLabel = "FILE", description = "One domain a line; # begins a remark.")
  private Path file = Path.of("");

  @Option(
      names = "--roots",
      required = true,
      paramLabel = "DIR",
      description = "Where the roots are kept, each in a directory of its own.")
  private Path roots = Path.of("");

  @Option(
      names = "--root-key",
      required = true,
      paramLabel = "FILE",
      description =
          "32 octets in base64 that encrypt the roots' secret keys: not the services'"
              + " key-encryption key, and kept apart from --roots.")
  private Path rootKey = Path.of("");

  @Option(
      names = "--dns-out",
      paramLabel = "FILE",
      description = "Where to write the TXT records (default: standard output).")
  private @Nullable Path dnsOut;

  @Option(
      names = "--renew",
      description = "Sign a new operational CA and root statement for those that are ready.")
  private boolean renew;

  DomainImportCommand(Environment environment) {
    super(environment);
  }

  @Override
  void ask(Administration administration) {
    List<MailDomain> domains = DomainImport.parse(PrivateFiles.text(file).lines().toList());
    RootLock lock = RootLock.key(KeyEncryptionKey.parseBase64(PrivateFiles.text(rootKey).strip()));
    if (dnsOut != null) {
      PrivateFiles.requireNoDirectory(dnsOut);
    }
    DomainImport imports =
        new DomainImport(
            administration,
            PrivateFiles.createDirectory(roots),
            lock,
            environment.clock(),
            environment.random());
    Map<Result, Integer> results = new EnumMap<>(Result.class);
    List<String> records = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (MailDomain domain : domains) {
      try {
        Imported imported = imports.take(domain, renew ? IfReady.RENEW : IfReady.LEAVE);
        results.merge(imported.result(), 1, Integer::sum);
        record(imported.state(), records);
      } catch (RefusedException e) {
        failed.add(domain + ": " + e.code().wire() + ", " + e.refusal().detail());
      }
      int done = failed.size() + results.values().stream().mapToInt(Integer::intValue).sum();
      if (done % TELL_EVERY == 0) {
        environment.say(done + " of " + domains.size());
      }
    }
    tell(records, results, failed);
  }

  private static void record(DomainState state, List<String> records) {
    DomainState.DnsRecord dns = state.dns();
    if (dns != null) {
      records.add(dns.name() + ". IN TXT \"" + dns.txt() + "\"");
    }
  }

  private void tell(List<String> records, Map<Result, Integer> results, List<String> failed) {
    if (dnsOut == null) {
      records.forEach(environment::say);
    } else {
      PrivateFiles.write(dnsOut, String.join("\n", records) + "\n");
      environment.say("Wrote " + records.size() + " TXT records to " + dnsOut + ".");
    }
    environment.say(
        results.getOrDefault(Result.TAKEN, 0)
            + " taken in, "
            + results.getOrDefault(Result.RENEWED, 0)
            + " renewed, "
            + results.getOrDefault(Result.LEFT, 0)
            + " were ready, "
            + failed.size()
            + " failed.");
    if (!failed.isEmpty()) {
      failed.forEach(environment.err()::println);
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE, failed.size() + " domains failed: run the same command again");
    }
  }
}
