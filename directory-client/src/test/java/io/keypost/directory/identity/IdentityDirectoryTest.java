package io.keypost.directory.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.testing.TestDomain;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** KP-KSV-21: an identity changes as a whole. */
class IdentityDirectoryTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RENEWALS = 40;

  @TempDir private Path directory;

  private final TestDomain alpha =
      new TestDomain("alpha.test", () -> Instant.parse("2026-11-24T09:00:00Z"), RANDOM);
  private final ServerIdentity enrolled = alpha.unlistedServer("mx.alpha.test");
  private final ServerIdentity renewed = alpha.unlistedServer("mx.alpha.test");

  private void enrol(ServerIdentity identity) throws IOException {
    for (Map.Entry<String, Bytes> file : identity.files().entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue().toByteArray());
    }
  }

  @Test
  void aRenewalTakesThePlaceOfTheEnrolmentAndAnEnrolmentThatOfTheRenewalByKpKsv21()
      throws IOException {
    enrol(enrolled);
    assertThat(loaded()).isEqualTo(enrolled.toString());

    IdentityDirectory.replace(directory, renewed.files());
    assertThat(loaded()).isEqualTo(renewed.toString());

    IdentityDirectory.enrolled(directory);
    assertThat(loaded()).isEqualTo(enrolled.toString());
  }

  @Test
  void theReceiptKeyChangesWithItByKpKsv21() throws IOException {
    KeyEncryptionKey kek =
        KeyEncryptionKey.parseBase64(Base64.getEncoder().encodeToString(new byte[32]));
    ReceiptIdentity receipts = alpha.receipts();
    enrol(enrolled);
    assertThat(ReceiptIdentity.load(directory, kek)).isEmpty();
    Map<String, Bytes> files = new HashMap<>(renewed.files());
    files.putAll(receipts.files(kek, RANDOM));

    IdentityDirectory.replace(directory, files);

    assertThat(ReceiptIdentity.load(directory, kek).map(ReceiptIdentity::chain))
        .contains(receipts.chain());
  }

  @Test
  void keysAreForTheirOwnerOnlyAndOldOnesGo() throws IOException {
    enrol(enrolled);
    for (int i = 0; i < 5; i++) {
      IdentityDirectory.replace(directory, renewed.files());
    }

    try (Stream<Path> all = Files.walk(directory)) {
      var keys =
          all.filter(file -> file.getParent().getFileName().toString().startsWith("identity-"))
              .filter(file -> file.endsWith(ServerIdentity.KEY_FILE))
              .toList();
      // The one in force, and the one before for whoever is just reading it.
      assertThat(keys).hasSize(2);
      for (Path key : keys) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void nobodyReadsAKeyOfOneAndACertificateOfAnotherByKpKsv21() throws Exception {
    enrol(enrolled);
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writing =
          others.submit(
              () -> {
                for (int i = 0; i < RENEWALS; i++) {
                  IdentityDirectory.replace(
                      directory, alpha.unlistedServer("mx.alpha.test").files());
                }
              });
      int read = 0;
      while (!writing.isDone() || read == 0) {
        // Throws when what was read does not belong together.
        read += ServerIdentity.load(directory).isPresent() ? 1 : 0;
      }
      writing.get(60, TimeUnit.SECONDS);
      assertThat(read).isPositive();
    }
  }

  @Test
  void aPointerThatLeadsElsewhereIsRefused() throws IOException {
    enrol(enrolled);
    Files.writeString(directory.resolve(IdentityDirectory.CURRENT_FILE), "../elsewhere\n");

    assertThatThrownBy(() -> ServerIdentity.load(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no identity");
  }

  private String loaded() {
    Optional<ServerIdentity> found = ServerIdentity.load(directory);
    return found.orElseThrow().toString();
  }
}
