package io.keypost.delivery.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What answers mean (KP-TRF-5, KP-OUT-4; threat T47). */
class TransferVerdictTest {
  private final TestMail mail = new TestMail(17);
  private final Leased one = leased(Doubt.NONE);
  private final Leased two = leased(Doubt.NONE);
  private final Leased doubtful = leased(Doubt.PEER_MAY_HOLD_IT);

  @Test
  void readsStatusesInTheOrderOfTheEnvelopes() {
    Map<Leased, TransferVerdict> verdicts =
        verdicts(
            new Answer(
                List.of(
                    new Status.Accepted(),
                    new Status.Refused(
                        new Refusal.RetryAfter(RefusalCode.BUSY, Duration.ofSeconds(7), "later"))),
                null),
            one,
            two);

    assertThat(verdicts.get(one)).isEqualTo(new TransferVerdict.HandedOver());
    assertThat(verdicts.get(two))
        .isEqualTo(new TransferVerdict.Later(Duration.ofSeconds(7), RefusalCode.BUSY, "later"));
  }

  @Test
  void endsAnEnvelopeThatThePeerRefusesForGood() {
    Refusal refusal = Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "no");

    assertThat(verdicts(answer(refusal), one).get(one))
        .isEqualTo(
            new TransferVerdict.Ends(new TerminalOutcome.Refused("payload_too_large"), refusal));
  }

  @Test
  void neverEndsAnEnvelopeThatThePeerMayHoldFromBefore() {
    assertThat(
            verdicts(answer(Refusal.of(RefusalCode.RECIPIENT_UNKNOWN, "no")), doubtful)
                .get(doubtful))
        .isInstanceOf(TransferVerdict.Later.class);
  }

  @Test
  void triesAgainWhatThePeerRefusesForItsCallerByKpRef2() {
    for (RefusalCode code :
        List.of(
            RefusalCode.OPERATOR_NOT_NAMED,
            RefusalCode.CERTIFICATE_UNLISTED,
            RefusalCode.CERTIFICATE_EXPIRED,
            RefusalCode.UNSUPPORTED_VERSION,
            RefusalCode.FORBIDDEN)) {
      assertThat(verdicts(answer(Refusal.of(code, "no")), one).get(one))
          .as(code.wire())
          .isEqualTo(new TransferVerdict.Later(Refusal.MAX_RETRY, code, "no"));
    }
  }

  @Test
  void leavesAnEnvelopeInDoubtThatTheAnswerSaysNothingAbout() {
    assertThat(verdicts(new Answer(List.of(new Status.Accepted()), null), one, two).get(two))
        .isInstanceOf(TransferVerdict.Unanswered.class);
  }

  @Test
  void blamesTheFrameWhereReadingStoppedAndNoneAfterIt() {
    Refusal stopped = Refusal.of(RefusalCode.PAYLOAD_MALFORMED, "no");
    Map<Leased, TransferVerdict> verdicts = verdicts(new Answer(List.of(), stopped), one, two);

    assertThat(verdicts.get(one))
        .isEqualTo(
            new TransferVerdict.Ends(new TerminalOutcome.Refused("payload_malformed"), stopped));
    assertThat(verdicts.get(two)).isInstanceOf(TransferVerdict.Later.class);
  }

  /** KP-TRF-5: as the ingress tells of a payload that is larger than it takes. */
  @Test
  void blamesAllOfTheFrameThatIsTooLargeAndNoneThatWasReadOrFollows() {
    Leased shared = leased(Doubt.NONE);
    Leased last = leased(Doubt.NONE);
    Refusal tooLarge = Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "no");

    Map<Leased, TransferVerdict> verdicts =
        TransferVerdict.of(
            List.of(
                new TransferFrame(List.of(one)),
                new TransferFrame(List.of(two, shared)),
                new TransferFrame(List.of(last))),
            new Answer(List.of(new Status.Accepted()), tooLarge));

    TransferVerdict ends =
        new TransferVerdict.Ends(new TerminalOutcome.Refused("payload_too_large"), tooLarge);
    assertThat(verdicts.get(one)).isEqualTo(new TransferVerdict.HandedOver());
    assertThat(verdicts.get(two)).isEqualTo(ends);
    assertThat(verdicts.get(shared)).isEqualTo(ends);
    assertThat(verdicts.get(last))
        .isInstanceOfSatisfying(
            TransferVerdict.Later.class, later -> assertThat(later.atLeast()).isZero());
  }

  @Test
  void carriesAPayloadOnceForAllWhoShareIt() {
    HeldMail first = mail.held("alice@alpha.test", "bob@beta.test");
    HeldMail shared =
        HeldMail.of(
            mail.held("alice@alpha.test", "carol@beta.test").sealed(),
            first.payload(),
            first.returnOperator());

    List<TransferFrame> frames =
        TransferFrame.of(List.of(leased(first, Doubt.NONE), one, leased(shared, Doubt.NONE)));

    assertThat(frames).extracting(frame -> frame.envelopes().size()).containsExactly(2, 1);
  }

  @Test
  void cutsRequestsByEnvelopesAndOctetsButNeverAFrame() {
    List<TransferFrame> frames =
        List.of(
            new TransferFrame(List.of(one)),
            new TransferFrame(List.of(two)),
            new TransferFrame(List.of(doubtful)));

    assertThat(TransferBatch.cut(frames, 2, Long.MAX_VALUE))
        .extracting(List::size)
        .containsExactly(2, 1);
    assertThat(TransferBatch.cut(frames, 100, 150)).extracting(List::size).containsExactly(1, 1, 1);
    assertThat(TransferBatch.cut(frames, 100, 1)).hasSize(3);
    assertThat(TransferBatch.cut(List.of(), 100, 1)).isEmpty();
  }

  private static Answer answer(Refusal refusal) {
    return new Answer(List.of(new Status.Refused(refusal)), null);
  }

  private static Map<Leased, TransferVerdict> verdicts(Answer answer, Leased... sent) {
    return TransferVerdict.of(
        List.of(sent).stream().map(leased -> new TransferFrame(List.of(leased))).toList(), answer);
  }

  private Leased leased(Doubt doubt) {
    return leased(mail.held("alice@alpha.test", "bob@beta.test"), doubt);
  }

  private static Leased leased(HeldMail held, Doubt doubt) {
    return new Leased(
        held, new Destination(MailDomain.parse("beta.test"), "default"), new UUID(1, 2), 0, doubt);
  }
}
