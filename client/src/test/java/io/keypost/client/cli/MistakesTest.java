package io.keypost.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people get wrong is told in words, before anybody is asked for a passphrase. */
class MistakesTest {
  private static final String NO_PASSPHRASE = "keypost: secret_key_unusable: no passphrase";

  @TempDir private Path directory;
  private final Commands commands = new Commands();

  /** Whoever gets as far as the passphrase is told that there is none. */
  @BeforeEach
  void aHomeWhosePassphraseIsNotGiven() {
    commands.withoutPassphrase();
    Path home = PrivateFiles.createDirectory(directory.resolve("home"));
    PrivateFiles.write(home.resolve("account.json"), "{\"address\": \"alice@alpha.test\"}");
    PrivateFiles.write(directory.resolve("token"), "A".repeat(43));
    PrivateFiles.write(directory.resolve("domains"), "gamma.test\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send DIR/missing --home DIR/home",
        "key rotate --recovery-file DIR/missing --home DIR/home",
        "device remove laptop --recovery-file DIR/missing --home DIR/home",
        "device add alice@alpha.test --recovery-file DIR/missing --home DIR/new",
        "recover alice@alpha.test --recovery-file DIR/missing --home DIR/new",
        "alias point bob@beta.test --recovery-file DIR/missing --home DIR/home",
        "alias consent info@alpha.test --recovery-file DIR/missing --home DIR/home",
        "fetch --trust-anchor DIR/missing --home DIR/home",
        "fetch --passphrase-file DIR/missing --home DIR/home",
        "enrol alice@alpha.test --code x --trust-anchor DIR/missing --home DIR/new"
            + " --recovery-file DIR/code",
        "server enrol x --operator alpha.test --dir DIR/identity --receipt-kek DIR/missing",
        "operator domain --admin-token-file DIR/missing",
        "operator authority DIR/missing --admin-token-file DIR/token",
        "operator domain import DIR/missing --roots DIR/roots --root-key DIR/key"
            + " --admin-token-file DIR/token",
        "operator domain import DIR/domains --roots DIR/roots --root-key DIR/missing"
            + " --admin-token-file DIR/token",
      })
  void aFileThatIsNotThereIsNamed(String command) {
    assertThat(commands.runIn(directory, command)).isEqualTo(KeypostCommand.REFUSED);

    assertThat(commands.errorLines())
        .containsExactly(
            "keypost: file_missing: there is no file " + directory.resolve("missing"),
            "Check the file's name.");
    assertThat(directory.resolve("roots")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send DIR --home DIR/home",
        "key rotate --recovery-file DIR --home DIR/home",
        "fetch --passphrase-file DIR --home DIR/home",
        "operator authority DIR --admin-token-file DIR/token",
        "operator init gamma.test --out DIR --admin-token-file DIR/token",
      })
  void aDirectoryInPlaceOfAFileIsNamed(String command) {
    assertThat(commands.runIn(directory, command)).isEqualTo(KeypostCommand.REFUSED);

    assertThat(commands.err())
        .startsWith("keypost: file_unusable: " + directory + ": ")
        .contains("directory")
        .doesNotContain("Exception", "java.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send DIR/domains --to nobody --home DIR/home",
        "whois nobody --home DIR/home",
        "alias point nobody --home DIR/home --recovery-file DIR/domains",
      })
  void whatIsNoAddressIsToldBeforeAPassphraseIsAskedFor(String command) throws IOException {
    Files.writeString(directory.resolve("domains"), "From: alice@alpha.test\r\n\r\n");
    assertThat(commands.runIn(directory, command)).isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).startsWith("keypost: malformed_address: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Hello Bob,\nhow are you?\n",
        "Hello Bob,\nremember: the key\n\nFrom: alice@alpha.test\n",
        "Subject: from nobody\r\n\r\nHello.\r\n",
        "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\0\0\u0001\u0000\0\0\u0001\0\b\2",
        "\u007fELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0\1\0\0\0From\0",
      })
  void whatIsNoMessageIsRefusedAndToldWhatOneIs(String content) throws IOException {
    Path file = directory.resolve("file");
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));

    assertThat(commands.runIn(directory, "send DIR/file --to bob@beta.test --home DIR/home"))
        .isEqualTo(KeypostCommand.REFUSED);

    assertThat(commands.errorLines())
        .singleElement()
        .asString()
        .startsWith("keypost: message_malformed: " + file + " is no RFC 5322 message: ")
        .contains("From: you@example.org");
  }

  @Test
  void aMessageWithAnEmptyBodyIsAMessage() throws IOException {
    Files.writeString(directory.resolve("file"), "From: alice@alpha.test\r\n\r\n");
    commands.runIn(directory, "send DIR/file --to bob@beta.test --home DIR/home");
    assertThat(commands.err()).startsWith(NO_PASSPHRASE);
  }

  @Test
  void standardInputIsLookedAtAsAFileIs() {
    commands.given("no message".getBytes(StandardCharsets.US_ASCII));
    assertThat(commands.runIn(directory, "send --to bob@beta.test --home DIR/home"))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err())
        .startsWith("keypost: message_malformed: standard input is no RFC 5322 message");
  }

  @Test
  void aBccFieldIsNoMatterOfAuthenticity() throws IOException {
    Files.writeString(
        directory.resolve("file"),
        "From: alice@alpha.test\r\nTo: bob@beta.test\r\nBcc: eve@beta.test\r\n\r\nHello.\r\n");
    assertThat(commands.runIn(directory, "send DIR/file --home DIR/home"))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.errorLines()).singleElement().asString().contains("has a Bcc field");
  }

  @Test
  void aRootSignsOnlyWhatItCanReadAndAsksForNoPassphraseBefore() throws IOException {
    Files.writeString(directory.resolve("root-passphrase"), "correct horse");
    String root = "root create alpha.test --dir DIR/root --passphrase-file DIR/root-passphrase";
    assertThat(commands.runIn(directory, root)).isEqualTo(KeypostCommand.DONE);
    Files.writeString(directory.resolve("beta.pem"), request("beta.test"));

    sign("missing");
    sign("domains");
    sign("beta.pem");
    commands.runIn(directory, "root create alpha.test --dir DIR/root");
    commands.runIn(directory, "root rotate --change DIR/beta.pem --dir DIR/root --out DIR/out");
    commands.runIn(directory, "root rotate --dir DIR/nowhere --out DIR/out");

    assertThat(commands.errorLines().stream().filter(line -> line.startsWith("keypost: ")))
        .satisfiesExactly(
            line -> assertThat(line).contains("file_missing", "missing"),
            line ->
                assertThat(line)
                    .contains("certificate_malformed", "domains is not what keypost operator init"),
            line -> assertThat(line).contains("certificate_wrong_name", "beta.test"),
            line -> assertThat(line).contains("conflict", "holds a root already"),
            line -> assertThat(line).contains("conflict", "no next root is announced"),
            line -> assertThat(line).contains("not_found", "there is no root in"));
  }

  private void sign(String request) {
    assertThat(
            commands.runIn(
                directory, "root sign DIR/" + request + " --dir DIR/root --out DIR/answer"))
        .isEqualTo(KeypostCommand.REFUSED);
  }

  private static String request(String domain) {
    return CertificateRequest.make(
            MailDomain.parse(domain),
            CertificateUse.OPERATIONAL_CA,
            P256.generate(Commands.RANDOM),
            Commands.RANDOM)
        .toPem();
  }

  @Test
  void aRootThatIsNotThereOrIsSomethingElseSaysNothingOfCodes() throws IOException {
    PrivateFiles.createDirectory(directory.resolve("root"));
    assertThat(commands.runIn(directory, "root show --dir DIR/root"))
        .isEqualTo(KeypostCommand.REFUSED);
    Files.writeString(directory.resolve("root/root.pem"), "no certificate");
    assertThat(commands.runIn(directory, "root show --dir DIR/root"))
        .isEqualTo(KeypostCommand.REFUSED);

    assertThat(commands.errorLines()).hasSize(2);
    assertThat(commands.err())
        .contains("not_found: there is no root in", "certificate_malformed: ")
        .doesNotContain("code");
  }

  @Test
  void anAnswerOfTheRootIsNotTakenForAServers() {
    assertThat(
            commands.runIn(
                directory, "operator authority DIR/domains --admin-token-file DIR/token"))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.errorLines())
        .containsExactly(
            "keypost: malformed_request: "
                + directory.resolve("domains")
                + " is not what keypost root sign or keypost root rotate wrote");
  }

  @Test
  void aDamagedHomeIsNamed() {
    PrivateFiles.write(directory.resolve("home/settings.json"), "{");
    assertThat(commands.runIn(directory, "fetch --home DIR/home"))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.errorLines())
        .containsExactly(
            "keypost: file_unusable: "
                + directory.resolve("home/settings.json")
                + ": it is not as Keypost wrote it");
  }

  @Test
  void aServerThatIsAwayIsNamedInWords() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(
            commands.runIn(
                directory,
                "operator domain --admin-token-file DIR/token --management http://127.0.0.1:"
                    + port))
        .isEqualTo(KeypostCommand.TEMPORARY);
    assertThat(commands.errorLines().getFirst())
        .startsWith("keypost: unavailable: nothing answers at http://127.0.0.1:" + port + ": ");
  }

  @Test
  void aManagementPortIsNamedByAUrl() {
    assertThat(
            commands.runIn(
                directory,
                "operator domain --admin-token-file DIR/token --management localhost:9000"))
        .isEqualTo(KeypostCommand.WRONG_USAGE);
    assertThat(commands.errorLines())
        .containsExactly(
            "keypost: wrong_usage: --management is a URL as http://127.0.0.1:9000, not"
                + " localhost:9000");
  }

  @Test
  void theRecoveryFileOfAnAttemptThatFailedServesTheNextOne() throws IOException {
    Files.writeString(directory.resolve("passphrase"), "correct horse");
    String enrol =
        "enrol alice@alpha.test --code x --home DIR/new --recovery-file DIR/code"
            + " --passphrase-file DIR/passphrase --dns 127.0.0.1:1 --allow-networks 127.0.0.0/8";
    assertThat(commands.runIn(directory, enrol)).isEqualTo(KeypostCommand.TEMPORARY);
    String code = Files.readString(directory.resolve("code"));

    assertThat(commands.runIn(directory, enrol)).isEqualTo(KeypostCommand.TEMPORARY);

    assertThat(Files.readString(directory.resolve("code"))).isEqualTo(code);
    assertThat(commands.out()).contains("of the attempt before, is taken again");
    assertThat(commands.runIn(directory, enrol.replace("DIR/new", "DIR/another")))
        .isEqualTo(KeypostCommand.REFUSED);
    assertThat(commands.err()).contains("conflict: " + directory.resolve("code") + " is there");
  }
}
