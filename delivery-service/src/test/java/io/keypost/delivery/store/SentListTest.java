package io.keypost.delivery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.Sent;
import io.keypost.delivery.custody.SentPage;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.Submission;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.delivery.fixture.TestOperator;
import io.keypost.protocol.address.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The list of sent mail, page by page: a foreign record in it must not make it unreadable. */
class SentListTest {
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final int LONGEST = Settlement.MAX_RECORD_OCTETS;

  private final TestOperator alpha = new TestOperator("alpha.test", TestMail.NOW);
  private final TestMail mail = new TestMail(23);
  private final SubmissionStore submissions = new SubmissionStore();
  private final OutcomeStore outcomes = new OutcomeStore();
  @RegisterExtension private final TestDatabase database = new TestDatabase();
  private final Database access = database.access();

  @Test
  @DisplayName("T19: a page is bounded in octets, and the next one goes on where it ended")
  void cutsAPageByItsOctets() {
    List<MailFacts> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(moved("x".repeat(LONGEST)));
    }

    List<MailFacts> listed = new ArrayList<>();
    Optional<Long> next = Optional.of(0L);
    int pages = 0;
    while (next.isPresent()) {
      SentPage page = submissions.list(access, ALICE, next.get(), 500);
      assertThat(octets(page)).isBetween(1L, (long) SubmissionStore.PAGE_OCTETS);
      page.lines().forEach(line -> listed.add(line.submission().mail()));
      next = page.next();
      pages++;
    }

    assertThat(listed).isEqualTo(sent);
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void endsTheListWhereNothingFollows() {
    MailFacts first = moved("short");
    MailFacts second = moved("short");

    SentPage one = submissions.list(access, ALICE, 0, 1);
    SentPage both = submissions.list(access, ALICE, 0, 3);

    assertThat(one.lines()).extracting(line -> line.submission().mail()).containsExactly(first);
    assertThat(one.next()).contains(one.lines().getFirst().position());
    assertThat(both.lines())
        .extracting(line -> line.submission().mail())
        .containsExactly(first, second);
    assertThat(both.next()).isEmpty();
  }

  @Test
  void givesALineThatIsLongerThanAPageAllTheSame() {
    MailFacts before = moved("short");
    // As an earlier version kept it.
    database.rows(
        "update outcome set record = repeat('x', " + 2 * SubmissionStore.PAGE_OCTETS + ")");
    MailFacts after = moved("short");

    SentPage page = submissions.list(access, ALICE, 0, 500);
    SentPage rest = submissions.list(access, ALICE, page.next().orElseThrow(), 500);

    assertThat(page.lines()).extracting(line -> line.submission().mail()).containsExactly(before);
    assertThat(rest.lines()).extracting(line -> line.submission().mail()).containsExactly(after);
  }

  @Test
  @DisplayName("T19: of a record that is too long nothing is kept; the outcome stands without it")
  void keepsNoRecordThatIsTooLong() {
    moved("x".repeat(LONGEST + 1));

    Sent.End end = submissions.list(access, ALICE, 0, 1).lines().getFirst().end().orElseThrow();
    assertThat(end.outcome()).isEqualTo(new TerminalOutcome.NeedsClient("moved"));
    assertThat(end.record()).isEmpty();
  }

  private static long octets(SentPage page) {
    return page.lines().stream()
        .mapToLong(line -> line.end().orElseThrow().record().orElseThrow().length())
        .sum();
  }

  private MailFacts moved(String record) {
    HeldMail held = mail.held(ALICE.toString(), "bob@beta.test");
    MailFacts facts = held.facts();
    TerminalOutcome outcome = new TerminalOutcome.NeedsClient("moved");
    Settlement settlement =
        new Settlement(
            facts,
            outcome,
            Optional.of("bob points elsewhere now"),
            Optional.of(record),
            TestMail.NOW,
            alpha.receipts().sign(facts, outcome, TestMail.NOW, alpha.domain));
    access.transact(
        connection -> {
          submissions.insert(
              connection,
              List.of(new Submission(facts, facts.key().recipient(), TestMail.NOW, TestMail.NOW)));
          outcomes.settle(connection, List.of(settlement));
        });
    return facts;
  }
}
