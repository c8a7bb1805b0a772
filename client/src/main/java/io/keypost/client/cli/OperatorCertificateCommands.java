package io.keypost.client.cli;

import io.keypost.client.cli.OperatorCommands.Asking;
import io.keypost.client.operator.Administration;
import io.keypost.client.operator.CertificateState;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** {@code keypost operator certificate}: a domain's certificates. */
final class OperatorCertificateCommands {
  private static final String ROW = "%-43s %-8s %-12s %-9s %-20s %s";

  /** Whole seconds of an instant in ISO 8601. */
  private static final int TIME_CHARACTERS = 19;

  private OperatorCertificateCommands() {}

  static CommandLine all(Environment environment) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    return new CommandLine(spec)
        .addSubcommand(new ListCertificates(environment))
        .addSubcommand(new RevokeCertificate(environment));
  }

  @Command(
      name = "certificate",
      mixinStandardHelpOptions = true,
      description = "Shows a domain's certificates, and revokes one.",
      synopsisSubcommandLabel = "list|revoke")
  private static final class Group {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Shows a domain's certificates, newest first.")
  private static final class ListCertificates extends Asking {
    @Parameters(paramLabel = "DOMAIN", description = "Whose.")
    private String domain = "";

    ListCertificates(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      environment.say(
          String.format(ROW, "certificate", "use", "service", "state", "issued", "ends"));
      for (CertificateState state : administration.certificates(MailDomain.parse(domain))) {
        environment.say(
            String.format(
                ROW,
                state.digest(),
                state.use(),
                state.service(),
                state.state(),
                seconds(state.issued()),
                seconds(state.not_after())));
      }
    }

    private static String seconds(String instant) {
      return instant.substring(0, Math.min(TIME_CHARACTERS, instant.length()));
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description =
          "Revokes a certificate of a server, of receipts or of a domain's signer. An operational"
              + " CA is ended by its root: keypost root sign --only-this.")
  private static final class RevokeCertificate extends Asking {
    @Parameters(paramLabel = "CERTIFICATE", description = "As list shows it.")
    private String certificate = "";

    RevokeCertificate(Environment environment) {
      super(environment);
    }

    @Override
    void ask(Administration administration) {
      Digest revoked = Digest.parseBase64Url(certificate);
      administration.revokeCertificate(revoked);
      environment.say(
          revoked.base64Url()
              + " is revoked: peers refuse it once they have the next list, in ten minutes at"
              + " most.");
      environment.say(
          "What the key server itself used is replaced already; a service enrols anew (keypost"
              + " operator server-code).");
    }
  }
}
