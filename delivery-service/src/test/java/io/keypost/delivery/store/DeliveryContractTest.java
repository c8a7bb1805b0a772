package io.keypost.delivery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.MailList.Order;
import io.keypost.delivery.custody.MailList.Window;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.fixture.TestOperator;
import io.keypost.delivery.mailbox.Delivery;
import io.keypost.delivery.mailbox.Delivery.Arrived;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The commit at the mailbox (KP-OUT-1, KP-OUT-2, KP-OUT-3, KP-OUT-5, KP-RCP-1), on PostgreSQL. */
class DeliveryContractTest {
  private static final Instant NOW = TestMail.NOW.plusSeconds(5);
  private static final String WAITING_FOR_A_LOCK =
      "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  private static TestDatabase database;
  private static TestOperator beta;
  private static int run;

  private final TestMail mail = new TestMail(7);
  private String bob;
  private Delivery delivery;
  private MailReader reader;

  @BeforeAll
  static void open() {
    database = new TestDatabase();
    beta = new TestOperator("beta.test", TestMail.NOW);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void prepare() {
    bob = "bob" + run++ + "@beta.test";
    Database access = database.access();
    delivery = new Delivery(access, new OutcomeStore(), new MailboxStore());
    reader = new MailReader(access);
  }

  @Test
  void putsMailOutcomeReceiptAndEventInPlaceTogetherByKpOut1() {
    HeldMail one = mail.held("alice@alpha.test", bob);

    List<Settlement> settled = deliver(one);

    assertThat(settled).singleElement().extracting(Settlement::outcome).isEqualTo(delivered());
    assertThat(database.count("mail where mailbox = '" + bob + "'")).isOne();
    assertThat(database.count("outcome where outcome = 'delivered' and " + of(one))).isOne();
    assertThat(database.count("receipt_outbox where operator = 'alpha.test' and " + of(one)))
        .isOne();
    assertThat(reader.find(Address.parse(bob), one.key().envelopeDigest()))
        .hasValueSatisfying(
            stored -> {
              assertThat(stored.sealed()).isEqualTo(one.sealed());
              assertThat(stored.payload()).isEqualTo(one.payload());
              assertThat(stored.receivedAt()).isEqualTo(NOW);
            });
  }

  @Test
  void settlesAReplayedEnvelopeOnceByKpOut3() {
    HeldMail one = mail.held("alice@alpha.test", bob);
    deliver(one);

    assertThat(deliver(one)).isEmpty();
    assertThat(deliver(one, one)).isEmpty();

    assertThat(database.count("mail where mailbox = '" + bob + "'")).isOne();
    assertThat(database.count("receipt_outbox where " + of(one))).isOne();
  }

  @Test
  void keepsTheClaimAndTheOutcomeWhenTheMailIsDeletedByKpOut3() {
    HeldMail one = mail.held("alice@alpha.test", bob);
    deliver(one);
    database.rows("delete from mail where mailbox = '" + bob + "'");

    assertThat(deliver(one)).isEmpty();

    assertThat(database.count("mail where mailbox = '" + bob + "'")).isZero();
  }

  @Test
  void refusesAnotherEnvelopeUnderAUsedIdByKpOut3() {
    MessageId id = mail.id();
    HeldMail first = mail.held("alice@alpha.test", bob, id, Duration.ofDays(1));
    HeldMail second = mail.held("alice@alpha.test", bob, id, Duration.ofDays(2));

    assertThat(deliver(first, second))
        .extracting(Settlement::outcome)
        .containsExactlyInAnyOrder(delivered(), new TerminalOutcome.Refused("id_reused"));
    assertThat(deliver(mail.held("alice@alpha.test", bob, id, Duration.ofDays(3))))
        .extracting(Settlement::outcome)
        .containsExactly(new TerminalOutcome.Refused("id_reused"));
    assertThat(database.count("mail where mailbox = '" + bob + "'")).isOne();
  }

  @Test
  @DisplayName("KP-OUT-3: an id under which nothing was delivered after all is free")
  void givesAnIdBackThatWasClaimedForNothing() throws Exception {
    MessageId id = mail.id();
    HeldMail slow = mail.held("alice@alpha.test", bob, id, Duration.ofDays(1));
    Database access = database.access();
    OutcomeStore outcomes = new OutcomeStore();
    TerminalOutcome expired = new TerminalOutcome.Expired();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Settlement>> delivering =
          access.inTransaction(
              connection -> {
                outcomes.settle(
                    connection,
                    List.of(
                        Settlement.plain(
                            slow.facts(),
                            expired,
                            NOW,
                            beta.receipts().sign(slow.facts(), expired, NOW, beta.domain))));
                Future<List<Settlement>> begun = threads.submit(() -> deliver(slow));
                await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> database.count(WAITING_FOR_A_LOCK) > 0);
                return begun;
              });

      assertThat(delivering.get()).as("another outcome was faster").isEmpty();
    }
    assertThat(deliver(mail.held("alice@alpha.test", bob, id, Duration.ofDays(2))))
        .extracting(Settlement::outcome)
        .containsExactly(delivered());
  }

  @Test
  void letsTwoSendersUseOneId() {
    MessageId id = mail.id();
    Duration life = Duration.ofDays(1);

    assertThat(
            deliver(
                mail.held("alice@alpha.test", bob, id, life),
                mail.held("eve@alpha.test", bob, id, life)))
        .extracting(Settlement::outcome)
        .containsExactly(delivered(), delivered());
  }

  @Test
  void freesAnIdADayAfterTheEnvelopesLife() {
    MessageId id = mail.id();
    HeldMail first = mail.held("alice@alpha.test", bob, id, Duration.ofHours(1));
    deliver(first);
    HeldMail later = mail.held("alice@alpha.test", bob, id, Duration.ofDays(3));

    Instant freed = first.facts().expires().plus(Duration.ofDays(1)).plusSeconds(1);
    List<Settlement> settled = delivery.deliver(List.of(arrived(later)), beta.receipts(), freed);

    assertThat(settled).extracting(Settlement::outcome).containsExactly(delivered());
  }

  @Test
  void endsWhatArrivesAfterItsLifeAsExpiredWithoutARowByKpOut5() {
    HeldMail late = mail.held("alice@alpha.test", bob, mail.id(), Duration.ofSeconds(5));

    assertThat(deliver(late))
        .extracting(Settlement::outcome)
        .containsExactly(new TerminalOutcome.Expired());
    assertThat(database.count("mail where mailbox = '" + bob + "'")).isZero();
    assertThat(database.count("delivery_claim where recipient = '" + bob + "'")).isZero();
  }

  @Test
  void lettsTheUniqueKeyDecideBetweenWorkersThatHoldTheSameBatch() throws Exception {
    List<Arrived> batch = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      batch.add(arrived(mail.held("alice@alpha.test", bob)));
    }
    CyclicBarrier together = new CyclicBarrier(4);
    Callable<Integer> worker =
        () -> {
          together.await();
          return delivery.deliver(batch, beta.receipts(), NOW).size();
        };

    int settled = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var result : threads.invokeAll(List.of(worker, worker, worker, worker))) {
        settled += result.get();
      }
    }

    assertThat(settled).isEqualTo(40);
    assertThat(database.count("mail where mailbox = '" + bob + "'")).isEqualTo(40);
    assertThat(database.count("receipt_outbox where recipient = '" + bob + "'")).isEqualTo(40);
  }

  @Test
  void numbersWhatArrivesWithoutGapsAndListsIt() {
    Address mailbox = Address.parse(bob);
    deliver(mail.held("alice@alpha.test", bob), mail.held("alice@alpha.test", bob));
    deliver(mail.held("alice@alpha.test", bob));

    assertThat(reader.state(mailbox)).isEqualTo(3);
    assertThat(reader.count(mailbox, Window.ALL)).isEqualTo(3);
    assertThat(reader.changes(mailbox, 1, 10))
        .extracting(change -> change.seq())
        .containsExactly(2L, 3L);
    assertThat(reader.list(mailbox, Window.ALL, Order.OLDEST_FIRST, 1, 1)).hasSize(1);
    assertThat(reader.list(mailbox, Window.ALL, Order.NEWEST_FIRST, 0, 10))
        .containsExactlyElementsOf(
            reader.list(mailbox, Window.ALL, Order.OLDEST_FIRST, 0, 10).reversed());
  }

  @Test
  void givesNobodyElsesMailByKpMbx1() {
    HeldMail one = mail.held("alice@alpha.test", bob);
    deliver(one);

    Address eve = Address.parse("eve@beta.test");
    assertThat(reader.find(eve, one.key().envelopeDigest())).isEmpty();
    assertThat(reader.state(eve)).isZero();
  }

  private List<Settlement> deliver(HeldMail... mails) {
    return delivery.deliver(
        List.of(mails).stream().map(this::arrived).toList(), beta.receipts(), NOW);
  }

  private Arrived arrived(HeldMail held) {
    return new Arrived(held, held.key().recipient());
  }

  private static TerminalOutcome delivered() {
    return new TerminalOutcome.Delivered();
  }

  private static String of(HeldMail held) {
    return "recipient = '"
        + held.key().recipient()
        + "' and envelope_digest = '\\x"
        + held.key().envelopeDigest().hex()
        + "'";
  }
}
