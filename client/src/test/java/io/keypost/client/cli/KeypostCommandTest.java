package io.keypost.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.client.home.ClientHome;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeypostCommandTest {
  @TempDir private Path directory;
  private final Commands commands = new Commands();

  @Test
  void withoutACommandOrWithAnUnknownOneItSaysHowItIsUsed() {
    assertThat(commands.run()).isEqualTo(KeypostCommand.WRONG_USAGE);
    assertThat(commands.err()).contains("Usage: keypost");
    assertThat(commands.run("sned")).isEqualTo(KeypostCommand.WRONG_USAGE);
    assertThat(commands.run("enrol", "alice@alpha.test")).isEqualTo(KeypostCommand.WRONG_USAGE);
    assertThat(commands.err()).contains("--code");
  }

  @Test
  void everyCommandHasHelp() {
    for (String command :
        new String[] {
          "root",
          "operator",
          "server",
          "config",
          "enrol",
          "device",
          "key",
          "recover",
          "whois",
          "alias",
          "send",
          "fetch",
          "read",
          "outcomes"
        }) {
      assertThat(commands.run(command, "--help")).as(command).isEqualTo(KeypostCommand.DONE);
    }
    assertThat(commands.out()).contains("octet for octet");
  }

  @Test
  void everyCommandSaysItsVersionAndWhatItRunsOn() throws IOException {
    assertThat(commands.run("--version")).isEqualTo(KeypostCommand.DONE);
    assertThat(commands.run("operator", "domain", "import", "-V")).isEqualTo(KeypostCommand.DONE);
    assertThat(commands.out().lines().filter(line -> line.startsWith("Keypost ")))
        .hasSize(2)
        .containsOnly("Keypost " + versionOfTheBuild());
    assertThat(commands.out().lines().filter(line -> line.startsWith("Java ")))
        .hasSize(2)
        .allMatch(line -> line.startsWith("Java " + Runtime.version() + ", "));
  }

  /** The first version in the root POM is the project's own. */
  private static String versionOfTheBuild() throws IOException {
    String pom = Files.readString(Path.of(System.getProperty("keypost.root"), "pom.xml"));
    return pom.substring(
        pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));
  }

  @Test
  void whoIsNotEnrolledIsToldSoBeforeAPassphraseIsAskedFor() {
    assertThat(commands.run("fetch", "--home", home())).isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).startsWith("keypost: not_found: nobody is enrolled in ");
  }

  @Test
  void withoutAWayOutForTheRecoveryCodeNothingIsEnrolled() {
    assertThat(commands.run("enrol", "alice@alpha.test", "--code", "x", "--home", home()))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).contains("secret_key_unusable", "--recovery-file");
    assertThat(Path.of(home())).doesNotExist();
  }

  @Test
  void aFileThatIsThereIsNotOverwrittenByARecoveryCode() throws IOException {
    Path file = directory.resolve("code");
    Files.writeString(file, "another code");
    assertThat(
            commands.run(
                "enrol",
                "alice@alpha.test",
                "--code",
                "x",
                "--home",
                home(),
                "--recovery-file",
                file.toString()))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).contains("conflict");
    assertThat(Files.readString(file)).isEqualTo("another code");
  }

  @Test
  void aRecoveryCodeThatIsNotTypedBackEndsBeforeAnythingIsMadeByKpKey21() {
    Typing typing =
        new Typing(
            List.of(shown -> "zoo", shown -> "", shown -> String.join(" ", shown.reversed())));
    commands.at(typing);
    assertThat(commands.run("enrol", "alice@alpha.test", "--code", "x", "--home", home()))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).contains("was not typed back: nothing was published");
    assertThat(typing.answers).isEmpty();
    assertThat(Path.of(home())).doesNotExist();
  }

  @Test
  void aRecoveryCodeThatIsTypedBackIsTakenAtTheSecondTryTooByKpKey21() {
    commands.at(new Typing(List.of(shown -> "zoo", shown -> String.join(" ", shown))));
    // The next thing after the proof is the key server, which nobody finds here.
    assertThat(
            commands.run(
                "enrol",
                "alice@alpha.test",
                "--code",
                "x",
                "--home",
                home(),
                "--dns",
                "127.0.0.1:1",
                "--allow-networks",
                "127.0.0.0/8"))
        .isEqualTo(KeypostCommand.TEMPORARY);
    assertThat(commands.out()).contains("Write it down now", "has 12 words, not 1");
    assertThat(commands.err()).contains("dns_unavailable");
  }

  /** Types what is computed from the twelve words that were shown. */
  private final class Typing implements Terminal {
    private final Deque<Function<List<String>, String>> answers;

    Typing(List<Function<List<String>, String>> answers) {
      this.answers = new ArrayDeque<>(answers);
    }

    @Override
    public @Nullable String ask(String prompt) {
      List<String> shown = new ArrayList<>();
      commands
          .out()
          .lines()
          .filter(line -> line.matches(" {2}[ 1][0-9] {2}[a-z]+"))
          .forEach(line -> shown.add(line.substring(6)));
      assertThat(shown).hasSize(12);
      return answers.isEmpty() ? null : answers.removeFirst().apply(shown);
    }

    @Override
    public char @Nullable [] askSecret(String prompt) {
      return null;
    }
  }

  @Test
  void aRootIsMadeShownAndUsedOffline() throws IOException {
    Path request = directory.resolve("request.pem");
    Files.writeString(
        request,
        CertificateRequest.make(
                MailDomain.parse("alpha.test"),
                CertificateUse.OPERATIONAL_CA,
                P256.generate(Commands.RANDOM),
                Commands.RANDOM)
            .toPem());
    String dir = directory.resolve("root").toString();
    Path answer = directory.resolve("authority.json");

    assertThat(commands.run("root", "create", "alpha.test", "--dir", dir))
        .isEqualTo(KeypostCommand.DONE);
    assertThat(
            commands.run(
                "root", "sign", request.toString(), "--dir", dir, "--out", answer.toString()))
        .isEqualTo(KeypostCommand.DONE);
    assertThat(commands.run("root", "show", "--dir", dir)).isEqualTo(KeypostCommand.DONE);

    assertThat(commands.out())
        .contains("domain      alpha.test", "statements  1", "Its secret key is in root.key");
    assertThat(AuthorityFile.read(answer).gen()).isEqualTo(1);
    assertThat(Files.readString(answer)).doesNotContain("PRIVATE");
  }

  @Test
  void aRefusalIsOneLineWithItsCode() {
    String dir = directory.resolve("root").toString();
    assertThat(commands.run("root", "show", "--dir", dir)).isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err().lines().findFirst())
        .contains("keypost: not_found: there is no root in " + dir);
  }

  @Test
  void aServerThatIsAwayIsATemporaryFailure() throws IOException {
    Path token = directory.resolve("token");
    Files.writeString(token, "A".repeat(43));
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(
            commands.run(
                "operator",
                "domain",
                "--management",
                "http://127.0.0.1:" + port,
                "--admin-token-file",
                token.toString()))
        .isEqualTo(KeypostCommand.TEMPORARY);
    assertThat(commands.err()).contains("unavailable", "This is temporary");
  }

  @Test
  void aFileThatHoldsNoAdminTokenIsNotShown() throws IOException {
    Path wrong = directory.resolve("wrong");
    Files.writeString(wrong, "-----BEGIN PRIVATE KEY-----\nsecret\n");
    assertThat(commands.run("operator", "domain", "--admin-token-file", wrong.toString()))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).contains("unauthenticated").doesNotContain("secret");
  }

  @Test
  void settingsAreKeptAndChecked() {
    assertThat(
            commands.run(
                "config",
                "--home",
                home(),
                "--dns",
                "127.0.0.1:5353",
                "--allow-networks",
                "127.0.0.0/8"))
        .isEqualTo(KeypostCommand.DONE);
    assertThat(commands.run("config", "--home", home(), "--dns", "not an address"))
        .isEqualTo(KeypostCommand.WRONG_USAGE);
    assertThat(new ClientHome(Path.of(home())).settings().dnsServers()).contains("127.0.0.1:5353");
  }

  @Test
  void whatCouldSteerATerminalIsNotShown() {
    assertThat(MessageView.printable("a\u001b[31mb\u202ec\u0000\t"))
        .isEqualTo("a\ufffd[31mb\ufffdc\ufffd ");
    Bytes message =
        Bytes.utf8(
            "From: a@b.test\r\n"
                + "Subject: =?utf-8?B?0J/RgNC40LLQtdGCG1szMW0=?=\r\n"
                + "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                + "--x\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                + "Привет\u001b[2J\r\n"
                + "--x\r\n"
                + "Content-Type: image/png; name=\"bild.png\"\r\n"
                + "Content-Disposition: attachment; filename=\"bild.png\"\r\n\r\n"
                + "x\r\n"
                + "--x--\r\n");
    assertThat(MessageView.lines(message))
        .contains(
            "Subject: Привет\ufffd[31m", "Привет\ufffd[2J", "(image/png bild.png: see --raw)");
  }

  @Test
  void anAddressInAHeaderIsShownInUnicodeWithItsCanonicalFormBeside() {
    assertThat(
            MessageView.lines(
                Bytes.utf8(
                    "From: =?utf-8?q?J=C3=BCrg?= <jürg@xn--zrich-kva.test>\r\n"
                        + "To: bob@beta.test, info@zürich.test\r\n"
                        + "Cc: nobody in particular\r\n\r\nHello.\r\n")))
        .startsWith(
            "From: Jürg <jürg@zürich.test> (jürg@xn--zrich-kva.test)",
            "To: bob@beta.test, info@zürich.test (info@xn--zrich-kva.test)",
            "Cc: nobody in particular");
  }

  private String home() {
    return directory.resolve("home").toString();
  }
}
