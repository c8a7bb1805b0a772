package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Users.BEGIN;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.PayloadInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another implementation reads what is sealed here. Runs where Node.js is and {@code OPENPGPJS_DIR}
 * names a directory in which {@code npm install openpgp@6} was run; says that it skips anywhere
 * else.
 */
class OpenPgpJsInteropTest {
  private static final String DIRECTORY = System.getenv("OPENPGPJS_DIR");
  private static final Bytes CONTENT =
      Bytes.utf8("Subject: Привет\r\n\r\n" + "Grüße aus Java\r\n".repeat(9000));

  @TempDir private Path exchange;

  @BeforeEach
  void needsOpenPgpJs() {
    boolean there =
        DIRECTORY != null && Files.isDirectory(Path.of(DIRECTORY, "node_modules", "openpgp"));
    if (!there) {
      System.out.println(
          "SKIPPED: no OpenPGP.js here; set OPENPGPJS_DIR to where npm install openpgp@6 was run");
    }
    assumeTrue(there, "OPENPGPJS_DIR names no directory with OpenPGP.js");
  }

  @Test
  void openPgpJsOpensAndVerifiesWhatIsSealedHere() throws Exception {
    Sealed sealed = Sealed.by(Users.ALICE, CONTENT, Users.BOB);
    write("payload", sealed.payload());
    write("reader.secret", Users.BOB.protect("interop".toCharArray(), RANDOM));
    write("sender.certificate", Users.ALICE.certificate().encode());

    run("open");

    assertThat(Bytes.copyOf(Files.readAllBytes(exchange.resolve("content")))).isEqualTo(CONTENT);
  }

  @Test
  void whatOpenPgpJsSealsHasTheFormThatServersCheckAndDecryptsHere() throws Exception {
    write("content", CONTENT);
    write("sender.secret", Users.ALICE.protect("interop".toCharArray(), RANDOM));
    write("reader.certificate", Users.BOB.certificate().encode());

    run("seal");

    Bytes payload = Bytes.copyOf(Files.readAllBytes(exchange.resolve("payload")));
    var inspector =
        new PayloadInspector(
            Set.of(Users.BOB.certificate().currentEncryptionKey(NOW).fingerprint()));
    inspector.inspect(payload.asByteBuffer());
    inspector.finish();
    assertThat(ForgedPayload.indexOf(ForgedPayload.plaintextOf(payload, Users.BOB), "Java"))
        .isPositive();
  }

  /** A user with three devices, one removed as lost and one as stolen, after two rotations. */
  @Test
  void openPgpJsJudgesEveryKeyOfAUserWithDevicesAsIsDoneHere() throws Exception {
    UserSecretKey laptop = Users.ALICE;
    UserSecretKey phone = laptop.keyring().withNewDevice(BEGIN.plusSeconds(60), RANDOM);
    UserSecretKey tablet = phone.keyring().withNewDevice(BEGIN.plusSeconds(120), RANDOM);
    UserCertificate certificate =
        tablet
            .revokeSigningSubkey(
                phone.signingFingerprint(), RevocationReason.RETIRED, BEGIN.plusSeconds(180))
            .rotateEncryptionSubkey(BEGIN.plusSeconds(180), RANDOM)
            .revokeSigningSubkey(
                laptop.signingFingerprint(), RevocationReason.COMPROMISED, BEGIN.plusSeconds(240))
            .rotateEncryptionSubkey(BEGIN.plusSeconds(240), RANDOM)
            .certificate();
    write("certificate", certificate.encode());
    write("now", Bytes.utf8(NOW.toString()));

    run("judge");

    List<String> expected = new ArrayList<>();
    expected.add(certificate.fingerprint().hex() + " primary valid");
    expected.add(certificate.address() + " user-id valid");
    for (Subkey subkey : certificate.subkeys()) {
      expected.add(
          subkey.fingerprint().hex()
              + (subkey instanceof Subkey.Signing ? " ed25519 " : " x25519 ")
              + (subkey.life().at(NOW) == KeyLife.State.VALID ? "valid" : "Subkey is revoked"));
    }
    expected.add(certificate.currentEncryptionKey(NOW).fingerprint().hex() + " current encryption");
    assertThat(Files.readAllLines(exchange.resolve("judgement"))).isEqualTo(expected);
    assertThat(expected).filteredOn(line -> line.endsWith("revoked")).hasSize(4);
  }

  private void write(String name, Bytes octets) throws IOException {
    Files.write(exchange.resolve(name), octets.toByteArray());
  }

  private void run(String word) throws IOException, InterruptedException {
    Path script = Path.of("src/test/openpgpjs/interop.mjs");
    Process node =
        new ProcessBuilder("node", script.toAbsolutePath().toString(), word, exchange.toString())
            .inheritIO()
            .start();
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isZero();
  }
}
