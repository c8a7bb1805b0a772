package io.keypost.client.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** KP-KEY-8; T42 and T45. */
class KeyContinuityTest {
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Address BOB = Address.parse("bob@beta.test");
  private static final Address MALLORY = Address.parse("mallory@evil.test");
  private static final UserSecretKey KEY = UserSecretKey.generate(BOB, NOW, RANDOM);
  private static final UserSecretKey NEW_KEY = UserSecretKey.generate(BOB, NOW, RANDOM);
  private static final KeyStatement FIRST = KeyStatement.first(KEY, NOW);

  @Test
  void firstSightIsRemembered() {
    assertThat(KeyContinuity.ofMailbox(Optional.empty(), mailbox(KEY, FIRST), KEY.certificate()))
        .isInstanceOf(Continuity.FirstSight.class);
  }

  @Test
  void theSameKeyIsUnchangedWhateverItsCertificateGained() {
    UserSecretKey rotated =
        KEY.rotateEncryptionSubkey(NOW, RANDOM).revokeSigningSubkey(RevocationReason.RETIRED, NOW);
    assertThat(KeyContinuity.ofMailbox(seen(), mailbox(rotated, FIRST), rotated.certificate()))
        .isInstanceOf(Continuity.Unchanged.class);
  }

  @Test
  void aKeyThatTheRememberedOneSignedFollowsByKpKey8() {
    KeyStatement next =
        KeyStatement.next(
            KeyHistory.verify(BOB, List.of(FIRST)),
            KeyStatement.keyOf(NEW_KEY.certificate()),
            KEY,
            NOW);
    assertThat(
            KeyContinuity.ofMailbox(seen(), mailbox(NEW_KEY, FIRST, next), NEW_KEY.certificate()))
        .isInstanceOf(Continuity.ChangedBySignature.class);
  }

  @Test
  @DisplayName(
      "KP-KEY-8, T42: a key that the remembered one did not sign is told from one that it did")
  void aKeyOfTheServersMakingIsUnsignedByKpKey8() {
    AddressRecord shown = mailbox(NEW_KEY, KeyStatement.first(NEW_KEY, NOW));
    assertThat(KeyContinuity.ofMailbox(seen(), shown, NEW_KEY.certificate()))
        .isInstanceOf(Continuity.ChangedUnsigned.class);
  }

  @Test
  void aCertificateThatTheStatementsDoNotNameIsRefused() {
    assertRefused(
        () -> KeyContinuity.ofMailbox(seen(), mailbox(NEW_KEY, FIRST), NEW_KEY.certificate()));
    assertRefused(() -> KeyContinuity.ofMailbox(seen(), mailbox(KEY), KEY.certificate()));
  }

  @Test
  @DisplayName("T45: a mailbox that its server turns into an alias is not followed")
  void aMailboxTurnedIntoAnAliasIsUnsignedByKpKey8() {
    assertThat(KeyContinuity.ofAlias(seen(), alias(MALLORY), MALLORY))
        .isInstanceOf(Continuity.ChangedUnsigned.class);
  }

  @Test
  void aPointerThatTheRememberedKeySignedFollows() {
    KeyStatement pointer =
        KeyStatement.next(
            KeyHistory.verify(BOB, List.of(FIRST)),
            new KeyStatement.Says.Pointer(MALLORY),
            KEY,
            NOW);
    assertThat(KeyContinuity.ofAlias(seen(), alias(MALLORY, FIRST, pointer), MALLORY))
        .isInstanceOf(Continuity.ChangedBySignature.class);
    assertRefused(() -> KeyContinuity.ofAlias(seen(), alias(BOB, FIRST, pointer), BOB));
  }

  @Test
  void anAliasWithoutKeyAsksOnEveryChangeByKpKey8() {
    Address other = Address.parse("carol@beta.test");
    Remembered before = KeyContinuity.ofAlias(Optional.empty(), alias(MALLORY), MALLORY).seen();
    assertThat(KeyContinuity.ofAlias(Optional.of(before), alias(MALLORY), MALLORY))
        .isInstanceOf(Continuity.Unchanged.class);
    assertThat(KeyContinuity.ofAlias(Optional.of(before), alias(other), other))
        .isInstanceOf(Continuity.ChangedUnsigned.class);
  }

  @Test
  void contactsRememberAcrossProcesses(@TempDir Path directory) {
    Contacts contacts = new Contacts(directory.resolve("contacts.json"));
    assertThat(contacts.recall(BOB)).isEmpty();
    contacts.remember(BOB, seen().orElseThrow());
    Remembered pointer = new Remembered(Optional.empty(), Optional.empty(), Optional.of(BOB));
    contacts.remember(MALLORY, pointer);
    Contacts again = new Contacts(directory.resolve("contacts.json"));
    assertThat(again.recall(BOB)).isEqualTo(seen());
    assertThat(again.recall(MALLORY)).contains(pointer);
  }

  private static Optional<Remembered> seen() {
    return Optional.of(
        KeyContinuity.ofMailbox(Optional.empty(), mailbox(KEY, FIRST), KEY.certificate()).seen());
  }

  private static AddressRecord mailbox(UserSecretKey key, KeyStatement... statements) {
    return record(
        new AddressRecord.Mailbox(
            key.certificate().encode(), MailDomain.parse("beta.test"), "default"),
        statements);
  }

  private static AddressRecord alias(Address target, KeyStatement... statements) {
    return record(new AddressRecord.Alias(target, "a.b.c"), statements);
  }

  private static AddressRecord record(AddressRecord.Content content, KeyStatement... statements) {
    List<String> texts = new ArrayList<>();
    for (KeyStatement statement : statements) {
      texts.add(statement.text());
    }
    return new AddressRecord(BOB, 1, 1, NOW, NOW.plus(Duration.ofHours(24)), null, content, texts);
  }

  private static void assertRefused(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.STATEMENT_INVALID));
  }
}
