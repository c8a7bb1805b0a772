package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.refusal.RefusalCode.CONSENT_INVALID;
import static io.keypost.protocol.refusal.RefusalCode.STATEMENT_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** T42 and T45: what an address says of its key and pointer follows from what it said before. */
class KeyHistoryTest {
  private static final Address ADDRESS = ALICE.address();
  private static final KeyStatement FIRST = KeyStatement.first(ALICE, NOW);

  /** A later primary key of the same address. */
  private static final UserSecretKey NEW_ALICE = Users.user("alice@alpha.test");

  @Test
  void theFirstStatementNamesItsOwnKeyByKpKey7() {
    KeyHistory history = KeyHistory.verify(ADDRESS, List.of(FIRST));
    assertThat(history.primaryFingerprint()).isEqualTo(ALICE.certificate().fingerprint());
    assertThat(history.current()).isInstanceOf(KeyStatement.Says.Key.class);
    assertThat(history.continues(FIRST.digest())).isTrue();
  }

  @Test
  void aChainOfPointersAndKeysFollowsByKpKey7() {
    KeyHistory history = KeyHistory.verify(ADDRESS, List.of(FIRST));
    KeyStatement pointer =
        KeyStatement.next(
            history, new KeyStatement.Says.Pointer(BOB.address()), ALICE, NOW.plusSeconds(1));
    history = KeyHistory.verify(ADDRESS, List.of(FIRST, pointer));
    assertThat(history.current()).isEqualTo(new KeyStatement.Says.Pointer(BOB.address()));
    KeyStatement newKey =
        KeyStatement.next(
            history, KeyStatement.keyOf(NEW_ALICE.certificate()), ALICE, NOW.plusSeconds(2));
    history = KeyHistory.verify(ADDRESS, List.of(FIRST, pointer, newKey));
    assertThat(history.primaryFingerprint()).isEqualTo(NEW_ALICE.certificate().fingerprint());
    KeyStatement byNewKey =
        KeyStatement.next(
            history, new KeyStatement.Says.Pointer(BOB.address()), NEW_ALICE, NOW.plusSeconds(3));
    history = KeyHistory.verify(ADDRESS, List.of(FIRST, pointer, newKey, byNewKey));
    assertThat(history.continues(pointer.digest())).isTrue();
    assertThat(history.newest()).isEqualTo(byNewKey.digest());
    assertThat(history.signersSince(FIRST.digest()))
        .containsExactly(ALICE.certificate().fingerprint(), NEW_ALICE.certificate().fingerprint());
    assertThat(history.signersSince(newKey.digest()))
        .containsExactly(NEW_ALICE.certificate().fingerprint());
    assertThat(history.signersSince(byNewKey.digest())).isEmpty();
  }

  @Test
  void textIsReadAsItWasWritten() {
    assertThat(KeyStatement.parse(FIRST.text())).isEqualTo(FIRST);
  }

  @Test
  void refusesAKeyThatTheLastOneDidNotSignByKpKey7() {
    KeyHistory pretended = KeyHistory.verify(ADDRESS, List.of(KeyStatement.first(NEW_ALICE, NOW)));
    KeyStatement byNewKey =
        KeyStatement.next(pretended, KeyStatement.keyOf(NEW_ALICE.certificate()), NEW_ALICE, NOW);
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of(FIRST, byNewKey)));
    assertThat(pretended.continues(FIRST.digest())).isFalse();
  }

  @Test
  void refusesAPointerThatAnotherSignedByKpKey7() {
    KeyHistory bobs = KeyHistory.verify(BOB.address(), List.of(KeyStatement.first(BOB, NOW)));
    KeyStatement foreign =
        KeyStatement.next(
            bobs, new KeyStatement.Says.Pointer(BOB.address()), BOB, NOW.plusSeconds(1));
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of(FIRST, foreign)));
  }

  @Test
  void refusesGapsRepetitionsAndNothingByKpKey7() {
    KeyHistory history = KeyHistory.verify(ADDRESS, List.of(FIRST));
    KeyStatement second =
        KeyStatement.next(
            history, new KeyStatement.Says.Pointer(BOB.address()), ALICE, NOW.plusSeconds(1));
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of()));
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of(second)));
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of(FIRST, FIRST)));
    assertRefused(
        STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of(FIRST, second, second)));
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(BOB.address(), List.of(FIRST)));
  }

  @Test
  void refusesToGoBackInTime() {
    KeyHistory history = KeyHistory.verify(ADDRESS, List.of(FIRST));
    KeyStatement earlier =
        KeyStatement.next(
            history, new KeyStatement.Says.Pointer(BOB.address()), ALICE, NOW.minusSeconds(1));
    assertRefused(STATEMENT_INVALID, () -> KeyHistory.verify(ADDRESS, List.of(FIRST, earlier)));
  }

  @Test
  void refusesMoreThan64Statements() {
    List<KeyStatement> many = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      many.add(FIRST);
    }
    assertRefused(STATEMENT_INVALID, "65", () -> KeyHistory.verify(ADDRESS, many));
  }

  @Test
  void changedTextIsRefused() {
    byte[] text = FIRST.text().getBytes(StandardCharsets.US_ASCII);
    SeededRandom.forSeeds(
        400,
        random -> {
          String changed =
              new String(SeededRandom.mutate(random, text), StandardCharsets.ISO_8859_1);
          if (changed.equals(FIRST.text())) {
            return;
          }
          try {
            KeyHistory.verify(ADDRESS, List.of(KeyStatement.parse(changed)));
            throw new AssertionError("verified " + changed);
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(STATEMENT_INVALID);
          }
        });
  }

  @Test
  void consentIsForOneAliasAndOneSerialByKpRec11() {
    Address alias = Address.parse("info@alpha.test");
    Bytes consent = ConsentSignatures.sign(alias, 3, BOB, NOW);
    assertThat(ConsentSignatures.verify(alias, 3, consent, BOB.certificate(), NOW).key())
        .isEqualTo(BOB.certificate().fingerprint());
    assertRefused(
        CONSENT_INVALID, () -> ConsentSignatures.verify(alias, 4, consent, BOB.certificate(), NOW));
    assertRefused(
        CONSENT_INVALID,
        () ->
            ConsentSignatures.verify(
                Address.parse("sales@alpha.test"), 3, consent, BOB.certificate(), NOW));
    assertRefused(
        CONSENT_INVALID,
        () -> ConsentSignatures.verify(alias, 3, consent, ALICE.certificate(), NOW));
  }
}
