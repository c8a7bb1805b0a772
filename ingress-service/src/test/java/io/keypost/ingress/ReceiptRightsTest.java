package io.keypost.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptRightsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final MailDomain HERE = MailDomain.parse("alpha.test");
  private static final MailDomain THERE = MailDomain.parse("beta.test");
  private static final MailDomain ELSEWHERE = MailDomain.parse("gamma.test");

  private final ReceiptRights rights = new ReceiptRights(HERE);

  @Test
  void takesAnyOutcomeFromTheRecipientsOperator() {
    for (ReceiptOutcome outcome : ReceiptOutcome.values()) {
      assertThat(
              rights.refuses(receipt(outcome, THERE), domain(THERE, null), domain(HERE, null), NOW))
          .isEmpty();
    }
  }

  @Test
  void takesEveryOutcomeButDeliveredFromTheSendersOperator() {
    assertThat(
            rights.refuses(
                receipt(ReceiptOutcome.REFUSED, HERE),
                domain(THERE, null),
                domain(HERE, null),
                NOW))
        .isEmpty();
    assertThat(
            rights.refuses(
                receipt(ReceiptOutcome.EXPIRED, HERE),
                domain(THERE, null),
                domain(HERE, null),
                NOW))
        .isEmpty();
    assertThat(
            rights.refuses(
                receipt(ReceiptOutcome.DELIVERED, HERE),
                domain(THERE, null),
                domain(HERE, null),
                NOW))
        .map(Refusal::code)
        .contains(RefusalCode.OPERATOR_NOT_NAMED);
  }

  @Test
  void takesNothingFromAnOperatorWhomNeitherNames() {
    assertThat(
            rights.refuses(
                receipt(ReceiptOutcome.REFUSED, ELSEWHERE),
                domain(THERE, null),
                domain(HERE, null),
                NOW))
        .map(Refusal::code)
        .contains(RefusalCode.OPERATOR_NOT_NAMED);
  }

  @Test
  void takesReceiptsOfAFormerOperatorForFifteenDays() {
    ReceiptRecord receipt = receipt(ReceiptOutcome.DELIVERED, THERE);
    DomainRecord moved = domain(THERE, NOW);
    Instant last = NOW.plus(DomainRecord.RECEIPTS_AFTER_END).minusSeconds(1);
    assertThat(rights.refuses(receipt, moved, domain(HERE, null), last)).isEmpty();
    assertThat(rights.refuses(receipt, moved, domain(HERE, null), last.plusSeconds(1))).isPresent();
  }

  @Test
  void takesNoReceiptForAnotherProvidersSender() {
    assertThat(
            rights.refuses(
                receipt(ReceiptOutcome.DELIVERED, THERE),
                domain(THERE, null),
                domain(ELSEWHERE, null),
                NOW))
        .map(Refusal::code)
        .contains(RefusalCode.RECEIPT_INVALID);
  }

  private static ReceiptRecord receipt(ReceiptOutcome outcome, MailDomain operator) {
    boolean coded = outcome == ReceiptOutcome.REFUSED || outcome == ReceiptOutcome.NEEDS_CLIENT;
    return new ReceiptRecord(
        Digest.sha256(Bytes.utf8("envelope")),
        Bytes.copyOf(new byte[16]),
        Address.parse("alice@" + HERE),
        Address.parse("bob@" + THERE),
        outcome,
        coded ? "policy" : null,
        operator,
        NOW);
  }

  private static DomainRecord domain(MailDomain operator, Instant until) {
    return new DomainRecord(
        operator,
        1,
        1,
        NOW,
        NOW.plus(Duration.ofDays(7)),
        Bytes.utf8("root"),
        List.of(Bytes.utf8("signing"), Bytes.utf8("ca")),
        "statement",
        List.of(),
        List.of(new DomainRecord.Operator(operator, NOW.minus(Duration.ofDays(30)), until)),
        new DomainRecord.Limits(1000),
        List.of(1),
        "abuse",
        DomainRecord.Management.OWNER);
  }
}
