package io.keypost.directory.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.testing.TestDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.P256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory that a service's replicas share. */
class ServerIdentityTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path directory;

  private final TestDomain alpha =
      new TestDomain("alpha.test", () -> Instant.parse("2026-11-24T09:00:00Z"), RANDOM);

  private void write(ServerIdentity identity) throws IOException {
    Files.writeString(directory.resolve("operator"), identity.operator() + "\n");
    Files.writeString(
        directory.resolve("server.pem"), CertificateCodec.toPem(identity.chain().subList(0, 2)));
    Files.writeString(
        directory.resolve("root.pem"), CertificateCodec.toPem(identity.chain().getLast()));
    Files.writeString(directory.resolve("server.key"), P256.toPem(identity.key()));
  }

  @Test
  void isAbsentUntilTheServiceIsEnrolled() throws IOException {
    assertThat(ServerIdentity.load(directory)).isEmpty();
    Files.writeString(directory.resolve("operator"), "alpha.test");
    assertThat(ServerIdentity.load(directory)).isEmpty();
  }

  @Test
  void showsTheRootAsWellSoThatThePinsDigestIsEnoughToFollowTheChain() throws IOException {
    ServerIdentity written = alpha.unlistedServer("mx.alpha.test");
    write(written);

    ServerIdentity read = ServerIdentity.load(directory).orElseThrow();

    assertThat(read.chain()).isEqualTo(written.chain()).hasSize(3).endsWith(alpha.root());
    assertThat(read.operator()).isEqualTo(alpha.domain());
  }

  @Test
  void refusesAKeyThatIsNotTheCertificates() throws IOException {
    write(alpha.unlistedServer("mx.alpha.test"));
    Files.writeString(
        directory.resolve("server.key"), P256.toPem(P256.generate(RANDOM).getPrivate()));

    assertThatThrownBy(() -> ServerIdentity.load(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not that of the certificate");
  }

  @Test
  void neverShowsTheKey() {
    ServerIdentity identity = alpha.unlistedServer("mx.alpha.test");

    assertThat(identity.toString()).doesNotContain("PRIVATE").contains("alpha.test");
  }

  @Test
  void aRenewedIdentityIsTakenWithoutARestart() throws IOException {
    List<ServerIdentity> told = new ArrayList<>();
    IdentityWatch watch = new IdentityWatch(directory, told::add);
    watch.look();
    assertThat(watch.get()).isEmpty();
    ServerIdentity first = alpha.unlistedServer("mx.alpha.test");
    write(first);
    watch.look();
    watch.look();
    write(alpha.unlistedServer("mx.alpha.test"));
    watch.look();

    assertThat(told).hasSize(2);
    assertThat(watch.get()).isPresent();
  }

  @Test
  void aDamagedDirectoryLeavesTheIdentityAsItWas() throws IOException {
    IdentityWatch watch = new IdentityWatch(directory, identity -> {});
    write(alpha.unlistedServer("mx.alpha.test"));
    watch.look();
    Files.writeString(directory.resolve("server.pem"), "half a file");
    watch.look();

    assertThat(watch.get()).isPresent();
  }
}
