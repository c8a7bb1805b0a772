package io.keypost.delivery.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.OutcomeRules;
import io.keypost.delivery.fixture.TestConfig;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.MailboxStore;
import io.keypost.delivery.work.Stopping;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Claims of message ids and their end, on PostgreSQL. */
class ClaimSweepTest {
  private static final Instant NOW = TestMail.NOW;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestMail mail = new TestMail(31);
  private final MailboxStore mailboxes = new MailboxStore();
  private final Stopping stopping = new Stopping();
  @RegisterExtension private final TestDatabase database = new TestDatabase();
  private final Database access = database.access();

  @Test
  @DisplayName("KP-OUT-3: claims go when their time is over, live ones stay")
  void claimsGoWhenTheirTimeIsOverAndLiveOnesStay() {
    HeldMail over = claimed(Duration.ofHours(1));
    HeldMail last = claimed(Duration.ofHours(2));
    HeldMail live = claimed(Duration.ofHours(3));

    // The second claim's very last instant: it holds until then.
    assertThat(sweepAt(OutcomeRules.claimUntil(last.facts())).step()).isOne();

    assertThat(count(over)).isZero();
    assertThat(count(last)).isOne();
    assertThat(count(live)).isOne();
  }

  @Test
  void oneStepTakesNoMoreThanABatch() {
    List<HeldMail> many = new ArrayList<>();
    for (int i = 0; i <= ClaimSweep.BATCH; i++) {
      many.add(mail.held("alice@alpha.test", "bob@beta.test", mail.id(), Duration.ofHours(1)));
    }
    claim(many);
    ClaimSweep sweep = sweepAt(NOW.plus(Duration.ofDays(3)));

    assertThat(sweep.step()).isEqualTo(ClaimSweep.BATCH);
    assertThat(sweep.step()).isOne();
    assertThat(sweep.step()).isZero();
  }

  @Test
  void aServiceWithMailboxesSweepsByItself() {
    HeldMail over = claimed(Duration.ofHours(1));
    HeldMail live = claimed(Duration.ofDays(6));
    ClaimSweep sweep = sweep("mailbox", NOW.plus(Duration.ofDays(3)));

    sweep.begin(new StartupEvent());
    try {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(count(over)).isZero());
    } finally {
      stopping.begin();
      sweep.end(new ShutdownEvent());
    }

    assertThat(count(live)).isOne();
  }

  private HeldMail claimed(Duration life) {
    HeldMail held = mail.held("alice@alpha.test", "bob@beta.test", mail.id(), life);
    claim(List.of(held));
    return held;
  }

  private void claim(List<HeldMail> mails) {
    access.transact(
        connection ->
            mailboxes.claim(connection, mails.stream().map(HeldMail::facts).toList(), NOW));
  }

  private long count(HeldMail held) {
    return database.count(
        "delivery_claim where envelope_digest = '\\x" + held.key().envelopeDigest().hex() + "'");
  }

  private ClaimSweep sweepAt(Instant now) {
    return sweep("", now);
  }

  private ClaimSweep sweep(String roles, Instant now) {
    return new ClaimSweep(access, mailboxes, () -> now, TestConfig.withRoles(roles), stopping);
  }
}
