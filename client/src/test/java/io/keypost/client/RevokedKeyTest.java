package io.keypost.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.client.mime.MessageWrapper;
import io.keypost.client.provider.Waiting;
import io.keypost.client.trust.Contacts;
import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key that its domain revoked in kp-revocations, whatever its certificate says: KP-REC-20,
 * KP-REC-24; T04.
 */
class RevokedKeyTest extends TwoKeyServers {
  @TempDir private Path home;
  private UserSecretKey alice;

  @BeforeEach
  void enrol() {
    alice = alpha.user("alice");
  }

  @Test
  @DisplayName("T04: what a revoked subkey signed is not shown, though it lies in the mailbox")
  void aMessageOfARevokedSubkeyIsNotShownByKpRec20() throws IOException {
    FetchedMessage message = fromBob();
    assertThat(read(message).mime()).isEqualTo(Bytes.utf8("Subject: hello\r\n\r\nhello\r\n"));

    beta.revoke(bob.signingFingerprint());

    assertRefused(RefusalCode.SENDER_KEY_REVOKED, () -> read(message));
  }

  @Test
  void aRevokedPrimaryKeyEndsAllThatItBindsByKpRec24() throws IOException {
    FetchedMessage message = fromBob();
    beta.revoke(bob.certificate().fingerprint());

    assertRefused(RefusalCode.SENDER_KEY_REVOKED, () -> read(message));
    assertRefused(RefusalCode.RECIPIENT_KEY_UNUSABLE, this::keyForBob);
  }

  @Test
  void nobodyEncryptsToARevokedSubkeyByKpRec24() {
    assertThat(keyForBob()).isEqualTo(bob.certificate());

    beta.revoke(bob.certificate().currentEncryptionKey(clock.instant()).fingerprint());

    assertRefused(RefusalCode.RECIPIENT_KEY_UNUSABLE, this::keyForBob);
  }

  @Test
  void aPointerThatARevokedKeyConsentedToIsNotFollowedByKpRec24() {
    alpha.alias("info", bob, beta);
    assertThat(keyBehind("info")).isEqualTo(bob.certificate());

    beta.revoke(bob.certificate().fingerprint());

    assertRefused(RefusalCode.CONSENT_INVALID, () -> keyBehind("info"));
  }

  @Test
  void aKeyThatARevokedOneSignedDoesNotFollowFromItByKpRec24() {
    keyForBob();
    UserSecretKey second = UserSecretKey.generate(bob.address(), clock.instant(), RANDOM);
    UserSecretKey third = UserSecretKey.generate(bob.address(), clock.instant(), RANDOM);
    beta.replace(bob, second);
    assertThat(keyForBob()).as("signed by the one before").isEqualTo(second.certificate());

    beta.replace(second, third);
    beta.revoke(second.certificate().fingerprint());

    assertRefused(RefusalCode.KEY_CHANGE_UNSIGNED, this::keyForBob);
  }

  private UserCertificate keyForBob() {
    try (DirectoryClient directory = directory()) {
      return correspondents()
          .recipient(
              Waiting.on(directory.resolve(bob.address())),
              SendPolicy.REFUSE_UNSIGNED_CHANGE,
              clock.instant());
    }
  }

  private UserCertificate keyBehind(String alias) {
    try (DirectoryClient directory = directory()) {
      return correspondents()
          .recipient(
              Waiting.on(directory.resolve(alpha.address(alias))),
              SendPolicy.REFUSE_UNSIGNED_CHANGE,
              clock.instant());
    }
  }

  private ReadMessage read(FetchedMessage message) {
    try (DirectoryClient directory = directory()) {
      return new Reader(directory, correspondents(), alice).read(message, clock.instant());
    }
  }

  private Correspondents correspondents() {
    return new Correspondents(new Contacts(home.resolve("contacts.json")));
  }

  /** As a new process of the client has it, with nothing cached. */
  private DirectoryClient directory() {
    return new DirectoryBuilder(vertx, settings(), clock)
        .viaOwnProvider(alpha.domain(), () -> CompletableFuture.completedFuture("token"))
        .pins(memory)
        .build();
  }

  private FetchedMessage fromBob() throws IOException {
    Instant now = clock.instant();
    MessageId id = MessageId.random(RANDOM);
    Path payload = home.resolve("payload");
    try (OutputStream out = Files.newOutputStream(payload)) {
      return new FetchedMessage(
          "1",
          now,
          new MessageSealer(RANDOM)
              .seal(
                  MessageWrapper.wrap(
                      new MessageWrapper.Wrapping(
                          id, bob.address(), List.of(alice.address()), now, "hello"),
                      Bytes.utf8("Subject: hello\r\n\r\nhello\r\n").asInputStream()),
                  new SealingRequest(
                      id,
                      bob,
                      List.of(new SealingRequest.Recipient(alice.address(), alice.certificate())),
                      now,
                      now.plusSeconds(600)),
                  out)
              .envelopes()
              .getFirst(),
          payload);
    }
  }

  private static void assertRefused(RefusalCode code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
