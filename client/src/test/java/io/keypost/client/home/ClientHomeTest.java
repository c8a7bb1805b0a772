package io.keypost.client.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.keyring.DeviceSecrets;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.TransferKey;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientHomeTest {
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ClientHome.Secrets SECRETS = secrets();

  private static ClientHome.Secrets secrets() {
    UserSecretKey keys = UserSecretKey.generate(Address.parse("alice@alpha.test"), NOW, RANDOM);
    TransferKey transfer = TransferKey.generate(RANDOM);
    DeviceStatement statement =
        DeviceStatement.sign(
            keys,
            new DeviceStatement.Facts("laptop", Digest.sha256(Bytes.utf8("x")), transfer.shared()),
            NOW);
    return new ClientHome.Secrets(
        new DeviceSecrets(keys.device(), transfer, statement), P256.generate(RANDOM));
  }

  @TempDir private Path directory;

  @Test
  void secretsAreReadWithThePassphraseAndStandNowhereInTheClearByKpCrt12() throws IOException {
    ClientHome home = enrolled();

    ClientHome.Secrets read = home.unlock("passphrase".toCharArray());

    assertThat(read.device().key().certificate()).isEqualTo(SECRETS.device().key().certificate());
    assertThat(read.login().getPublic()).isEqualTo(SECRETS.login().getPublic());
    assertThat(home.address()).isEqualTo(SECRETS.device().key().address());
    String login = Files.readString(home.directory().resolve("login.pem"));
    assertThat(login).contains("ENCRYPTED PRIVATE KEY");
    assertRefused(RefusalCode.SECRET_KEY_UNUSABLE, () -> home.unlock("another".toCharArray()));
  }

  @Test
  void everyFileIsForItsOwnerOnly() throws IOException {
    ClientHome home = enrolled();
    home.keep(ClientSettings.usual());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.directory())))
        .isEqualTo("rwx------");
    try (var files = Files.walk(home.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void keysAreNeverOverwritten() {
    ClientHome home = enrolled();
    assertRefused(
        RefusalCode.CONFLICT, () -> home.prepare(SECRETS, "passphrase".toCharArray(), RANDOM));
  }

  @Test
  void aHomeWhoseEnrolmentWasNotConfirmedHasNoOwner() {
    ClientHome home = new ClientHome(directory.resolve("home"));
    home.prepare(SECRETS, "passphrase".toCharArray(), RANDOM);
    assertThat(home.isEnrolled()).isFalse();
    assertRefused(RefusalCode.NOT_FOUND, () -> home.unlock("passphrase".toCharArray()));
  }

  @Test
  void settingsAreKept() {
    ClientHome home = new ClientHome(directory.resolve("home"));
    ClientSettings settings =
        new ClientSettings(
            Optional.of("127.0.0.1:5353"),
            Optional.of(directory.resolve("anchor.ds")),
            Optional.of("127.0.0.0/8"),
            Optional.empty());
    assertThat(home.settings()).isEqualTo(ClientSettings.usual());
    home.keep(settings);
    assertThat(home.settings()).isEqualTo(settings);
  }

  @Test
  void aFileIsReplacedWholeAndLeavesNothingBeside() throws IOException {
    Path file = directory.resolve("file");
    PrivateFiles.write(file, "one");
    PrivateFiles.write(file, "two");
    assertThat(Files.readString(file)).isEqualTo("two");
    try (var files = Files.list(directory)) {
      assertThat(files.toList()).containsExactly(file);
    }
  }

  @Test
  void sentCopiesAreKeptUntilTheirOutcome() throws IOException {
    SentCopies copies = new SentCopies(directory.resolve("sent"));
    Sealed sealed = sealed();
    Digest digest = sealed.signed.envelopeDigest();
    SentCopies.Sent sent =
        new SentCopies.Sent(
            sealed.signed.envelope().messageId(),
            Address.parse("bob@beta.test"),
            Address.parse("info@alpha.test"),
            digest);
    Path payload = PrivateFiles.temporary(directory);
    PrivateFiles.write(payload, sealed.payload);

    copies.keep(sent, sealed.signed, payload);

    assertThat(copies.list()).isEqualTo(List.of(sent));
    assertThat(copies.find(digest)).contains(sent);
    assertThat(PrivateFiles.read(copies.copy(digest).orElseThrow().payload()))
        .isEqualTo(sealed.payload);
    copies.dropContent(digest);
    assertThat(copies.copy(digest)).isEmpty();
    assertThat(copies.find(digest)).contains(sent);
    copies.forget(digest);
    assertThat(copies.list()).isEmpty();
  }

  @Test
  void fetchedMessagesAreKeptInTheOrderInWhichTheyCame() throws IOException {
    Inbox inbox = new Inbox(directory.resolve("inbox"));
    Sealed sealed = sealed();
    inbox.keep("later", NOW.plusSeconds(1), sealed.signed, sealed.payload);
    inbox.keep("earlier", NOW, sealed.signed, sealed.payload);

    assertThat(inbox.list()).extracting(Inbox.Fetched::id).containsExactly("earlier", "later");
    assertThat(inbox.has("later")).isTrue();
    assertThat(inbox.find("later").signed()).isEqualTo(sealed.signed);
    assertThat(PrivateFiles.read(inbox.find("later").payload())).isEqualTo(sealed.payload);
    assertRefused(RefusalCode.NOT_FOUND, () -> inbox.find("never"));
  }

  @Test
  void pinsAreRememberedAndReplacedOnlyWhenTheyAreWhatWasExpected() {
    MailDomain domain = MailDomain.parse("beta.test");
    FirstSight seen = new FirstSight(NOW, FirstSight.By.HTTPS);
    RememberedPin first = new RememberedPin(Digest.sha256(Bytes.utf8("a")), 1, NOW, seen);
    RememberedPin second = new RememberedPin(Digest.sha256(Bytes.utf8("b")), 2, NOW, seen);
    PinFile pins = new PinFile(directory.resolve("pins.json"));

    assertThat(pins.recall(domain).toCompletableFuture().join()).isEmpty();
    assertThat(pins.replace(domain, Optional.empty(), first).toCompletableFuture().join()).isTrue();
    assertThat(pins.replace(domain, Optional.empty(), second).toCompletableFuture().join())
        .isFalse();
    assertThat(pins.replace(domain, Optional.of(first), second).toCompletableFuture().join())
        .isTrue();
    assertThat(
            new PinFile(directory.resolve("pins.json")).recall(domain).toCompletableFuture().join())
        .contains(second);
  }

  @Test
  void aFileOfPinsThatCannotBeReadIsNoEmptyMemory() {
    Path file = directory.resolve("pins.json");
    PrivateFiles.write(file, "{");
    assertThat(new PinFile(file).recall(MailDomain.parse("beta.test")))
        .failsWithin(Duration.ofSeconds(1))
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.STORE_UNAVAILABLE));
  }

  private ClientHome enrolled() {
    ClientHome home = new ClientHome(directory.resolve("home"));
    home.prepare(SECRETS, "passphrase".toCharArray(), RANDOM);
    home.confirm(SECRETS);
    return home;
  }

  private record Sealed(SignedEnvelope signed, Bytes payload) {}

  private static Sealed sealed() throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    DeviceKey alice = SECRETS.device().key();
    SignedEnvelope signed =
        new MessageSealer(RANDOM)
            .seal(
                Bytes.copyOf("x".getBytes(StandardCharsets.UTF_8)).asInputStream(),
                new SealingRequest(
                    MessageId.random(RANDOM),
                    alice,
                    List.of(new SealingRequest.Recipient(alice.address(), alice.certificate())),
                    NOW,
                    NOW.plusSeconds(60)),
                payload)
            .envelopes()
            .getFirst();
    return new Sealed(signed, Bytes.copyOf(payload.toByteArray()));
  }

  private static void assertRefused(RefusalCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
