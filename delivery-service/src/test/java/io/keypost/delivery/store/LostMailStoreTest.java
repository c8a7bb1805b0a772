package io.keypost.delivery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.LostMail;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.Submission;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.fixture.TestOperator;
import io.keypost.delivery.handover.Destination;
import io.keypost.delivery.handover.Outbound;
import io.keypost.delivery.store.LostMailStore.Submitted;
import io.keypost.protocol.address.MailDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What no stage will end (KP-OUT-5, KP-OUT-7), on PostgreSQL. */
class LostMailStoreTest {
  private static final Instant NOW = TestMail.NOW.plusSeconds(5);
  private static final MailDomain SELF = MailDomain.parse("beta.test");
  private static final MailDomain PEER = MailDomain.parse("alpha.test");

  private final TestMail mail = new TestMail(43);
  private final LostMailStore lostMail = new LostMailStore();
  private final OutcomeStore outcomes = new OutcomeStore();
  @RegisterExtension private final TestDatabase database = new TestDatabase();
  private final Database access = database.access();

  @Test
  @DisplayName("KP-OUT-5: what a peer brought and a stage lost is over when its life is")
  void findsDeadLettersWhoseLifeIsOver() {
    LostMail lost = kept();
    Instant expires = lost.mail().expires();
    keep(lost);

    assertThat(database.count("dead_letter")).as("the same letter twice").isOne();
    assertThat(over(expires.minusMillis(1))).isEmpty();
    assertThat(over(expires)).containsExactly(lost);
  }

  @Test
  @DisplayName("KP-OUT-8: a letter that was replayed and has its outcome is left alone")
  void leavesOutAndForgetsWhatHasAnOutcome() {
    LostMail replayed = kept();
    LostMail lost = kept();
    Instant expires = lost.mail().expires();
    settle(replayed, new TerminalOutcome.Delivered());

    assertThat(over(expires)).containsExactly(lost);
    forget(expires.minusMillis(1));
    assertThat(database.count("dead_letter")).as("neither is over").isEqualTo(2);
    forget(expires);
    assertThat(over(expires)).containsExactly(lost);
    assertThat(database.count("dead_letter")).isOne();
  }

  @Test
  void keepsNoLetterWhoseOutcomeStands() {
    HeldMail held = mail.held("alice@alpha.test", "bob@beta.test");
    LostMail ended = new LostMail(held.facts(), PEER);
    settle(ended, new TerminalOutcome.Delivered());

    keep(ended);

    assertThat(database.count("dead_letter")).isZero();
  }

  @Test
  @DisplayName("KP-OUT-4: what another operator may have is not in custody here")
  void leavesOutWhatIsOnItsWayToAnotherOperator() {
    HeldMail held = mail.held("bob@beta.test", "alice@alpha.test");
    keep(new LostMail(held.facts(), SELF));
    Outbound outbound = new Outbound(held, new Destination(PEER, "default"));
    access.transact(connection -> new TransferStore().enqueue(connection, List.of(outbound), NOW));

    assertThat(over(held.facts().expires().plus(Duration.ofDays(1)))).isEmpty();
  }

  @Test
  void findsSubmissionsThatNobodyTellsOfOnce() {
    HeldMail held = mail.held("bob@beta.test", "alice@alpha.test");
    Submission submission =
        new Submission(held.facts(), held.key().recipient(), TestMail.NOW, TestMail.NOW);
    access.transact(
        connection -> new SubmissionStore().insert(connection, List.of(submission, submission)));
    LostMail lost = new LostMail(held.facts(), SELF);
    Instant expires = held.facts().expires();

    assertThat(over(NOW, expires.minusSeconds(9), expires.minusSeconds(1))).isEmpty();
    assertThat(over(NOW, expires.minusSeconds(1), expires)).containsExactly(lost);
    keep(lost);
    assertThat(over(expires, expires.minusSeconds(1), expires))
        .as("of two tables, once")
        .containsExactly(lost);
  }

  private LostMail kept() {
    LostMail lost = new LostMail(mail.held("alice@alpha.test", "bob@beta.test").facts(), PEER);
    keep(lost);
    return lost;
  }

  private void keep(LostMail lost) {
    access.transact(connection -> lostMail.keep(connection, List.of(lost, lost)));
  }

  private void forget(Instant expiredBy) {
    access.transact(connection -> lostMail.forgetEnded(connection, expiredBy, 10));
  }

  private Collection<LostMail> over(Instant letters) {
    return over(letters, Instant.EPOCH, Instant.EPOCH);
  }

  private Collection<LostMail> over(Instant letters, Instant after, Instant by) {
    return access.inTransaction(
        connection -> lostMail.over(connection, letters, new Submitted(SELF, after, by), 10));
  }

  private void settle(LostMail lost, TerminalOutcome outcome) {
    TestOperator beta = new TestOperator(SELF.value(), TestMail.NOW);
    Settlement settlement =
        Settlement.plain(
            lost.mail(), outcome, NOW, beta.receipts().sign(lost.mail(), outcome, NOW, PEER));
    access.transact(connection -> outcomes.settle(connection, List.of(settlement)));
  }
}
