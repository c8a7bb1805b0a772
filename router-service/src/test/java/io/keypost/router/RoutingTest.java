package io.keypost.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.events.mail.Arrival;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.router.Routing.RecipientRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The router's decision: KP-RTE-1 to KP-RTE-8 and the rows T10, T26, T27. */
class RoutingTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final Address BOB = Address.parse("bob@beta.test");
  private static final Address BOB_NEWS = Address.parse("bob+news@beta.test");
  private static final Address CAROL = Address.parse("carol@beta.test");
  private static final Address INFO = Address.parse("info@alpha.test");
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final MailDomain BETA = MailDomain.parse("beta.test");
  private static final MailDomain GAMMA = MailDomain.parse("gamma.test");
  private static final Bytes CURRENT_KEY = Bytes.copyOf(new byte[] {1}, 0, 1);
  private static final String RECORD = "the record of bob";
  private static final Arrival FROM_ALICE = new Arrival.FromUser(ALICE, NOW);
  private static final Arrival FROM_ALPHA =
      new Arrival.FromPeer(ALPHA, Digest.sha256(Bytes.utf8("certificate")), NOW);

  private final Routing alpha = new Routing(ALPHA);
  private final Routing beta = new Routing(BETA);
  private final Routing gamma = new Routing(GAMMA);

  @Test
  void handsAUsersMailForAnotherOperatorToItsPoolByKpRte6() {
    assertThat(route(alpha, FROM_ALICE, to(BOB), mailboxAt(BETA)))
        .isEqualTo(new Route.Transfer(BETA, "default"));
  }

  @Test
  void putsMailIntoAMailboxHereFromEitherSideByKpRte6() {
    assertThat(route(beta, FROM_ALPHA, to(BOB), mailboxAt(BETA))).isEqualTo(new Route.Mailbox(BOB));
    assertThat(route(beta, new Arrival.FromUser(CAROL, NOW), to(BOB), mailboxAt(BETA)))
        .isEqualTo(new Route.Mailbox(BOB));
  }

  @Test
  void neverSendsOnWhatAPeerBroughtByKpRte6() {
    assertThat(route(alpha, FROM_ALPHA, to(BOB), mailboxAt(GAMMA)))
        .isEqualTo(
            new Route.Refused(
                new Refusal.Permanent(
                    RefusalCode.NOT_HOSTED_HERE, "bob@beta.test is not at alpha.test")));
  }

  @Test
  void tellsTheSenderWhenTheMailboxMovedToAnotherOperatorOfItsDomainByKpOut21() {
    assertNeedsClient(
        route(beta, FROM_ALPHA, to(BOB), mailboxAt(GAMMA)), RefusalCode.MOVED, RECORD);
  }

  @Test
  void tellsTheSenderWhenTheRecipientIsAPointerNowByKpRte3() {
    assertNeedsClient(
        route(beta, FROM_ALPHA, to(BOB), new RecipientStanding.Pointer(RECORD)),
        RefusalCode.MOVED,
        RECORD);
  }

  @Test
  void tellsTheSenderWhenTheRecipientHasAnotherKeyNowByKpRte4() {
    var standing =
        new RecipientStanding.Mailbox(
            BOB, Optional.of(Bytes.copyOf(new byte[] {2}, 0, 1)), BETA, "default", RECORD);

    assertNeedsClient(route(beta, FROM_ALPHA, to(BOB), standing), RefusalCode.KEY_CHANGED, RECORD);
  }

  @Test
  void tellsTheSenderWhenTheRecipientHasNoGoodKeyLeftByKpRte4() {
    var standing = new RecipientStanding.Mailbox(BOB, Optional.empty(), BETA, "default", RECORD);

    assertNeedsClient(route(beta, FROM_ALPHA, to(BOB), standing), RefusalCode.KEY_CHANGED, RECORD);
    assertNeedsClient(route(alpha, FROM_ALICE, to(BOB), standing), RefusalCode.KEY_CHANGED, RECORD);
  }

  @Test
  void takesNoMailForADomainThatNamesThisOperatorAndIsNotHostedHereByKpRte8() {
    assertPermanent(
        beta.route(
            to(BOB),
            FROM_ALPHA,
            records(GAMMA, mailboxAt(BETA), new PointerStanding.Direct()),
            NOW),
        RefusalCode.NOT_HOSTED_HERE);
    assertPermanent(
        route(gamma, FROM_ALPHA, to(BOB), mailboxAt(GAMMA)), RefusalCode.NOT_HOSTED_HERE);
  }

  @Test
  void refusesARecipientThatDoesNotExistByKpRte5() {
    assertPermanent(
        route(beta, FROM_ALPHA, to(BOB), new RecipientStanding.NoRecipient()),
        RefusalCode.RECIPIENT_UNKNOWN);
  }

  @Test
  void refusesARecipientThatWasRevokedByKpRte5() {
    assertPermanent(
        route(beta, FROM_ALPHA, to(BOB), new RecipientStanding.Revoked(NOW)),
        RefusalCode.RECIPIENT_REVOKED);
  }

  @Test
  void followsAPointerThatStillLeadsToTheRecipientByKpRte3() {
    assertThat(
            alpha.route(
                addressedAs(INFO),
                FROM_ALICE,
                records(mailboxAt(BETA), new PointerStanding.LeadsTo(BOB, "info's record")),
                NOW))
        .isEqualTo(new Route.Transfer(BETA, "default"));
  }

  @Test
  void tellsTheSenderWhenThePointerLeadsElsewhereNowByKpRte3() {
    assertNeedsClient(
        alpha.route(
            addressedAs(INFO),
            FROM_ALICE,
            records(mailboxAt(BETA), new PointerStanding.LeadsTo(CAROL, "info's record")),
            NOW),
        RefusalCode.MOVED,
        "info's record");
  }

  @Test
  @DisplayName("T10: a pointer that leads in a circle ends the envelope")
  void refusesAPointerThatLeadsNowhereByKpRte3() {
    var loop = new Refusal.Permanent(RefusalCode.ALIAS_LOOP, "info@alpha.test leads to itself");

    assertThat(
            alpha.route(
                addressedAs(INFO),
                FROM_ALICE,
                records(mailboxAt(BETA), new PointerStanding.Broken(loop)),
                NOW))
        .isEqualTo(new Route.Refused(loop));
  }

  @Test
  void routesASubAddressToTheMailboxOfTheRecordFoundByKpRte7() {
    assertThat(route(beta, FROM_ALPHA, to(BOB_NEWS), mailboxAt(BETA)))
        .isEqualTo(new Route.Mailbox(BOB));
    assertThat(route(alpha, FROM_ALICE, to(BOB_NEWS), mailboxAt(BETA)))
        .isEqualTo(new Route.Transfer(BETA, "default"));
  }

  @Test
  void followsASubAddressSinceItMayHaveAnEntryOfItsOwnByKpRte7() {
    assertThat(Routing.followsPointer(to(BOB_NEWS))).isFalse();
    assertThat(Routing.followsPointer(addressedAs(BOB_NEWS))).isTrue();
    assertThat(Routing.followsPointer(addressedAs(INFO))).isTrue();

    assertThat(ofAlice(envelope(BOB, BOB_NEWS), BOB))
        .isEqualTo(new Route.Transfer(BETA, "default"));
    assertThat(ofAlice(envelope(BOB_NEWS, BOB), BOB))
        .isEqualTo(new Route.Transfer(BETA, "default"));
    assertNeedsClient(ofAlice(envelope(BOB, BOB_NEWS), CAROL), RefusalCode.MOVED, "its record");
  }

  private Route ofAlice(Envelope envelope, Address target) {
    return alpha.route(
        envelope,
        FROM_ALICE,
        records(mailboxAt(BETA), new PointerStanding.LeadsTo(target, "its record")),
        NOW);
  }

  @Test
  void endsWhatExpiredBeforeItWasRouted() {
    Envelope envelope = to(BOB);

    assertThat(Routing.beforeLookUp(envelope, envelope.expires())).contains(new Route.Expired());
    assertThat(Routing.beforeLookUp(envelope, envelope.expires().minusMillis(1))).isEmpty();
  }

  private static void assertNeedsClient(Route route, RefusalCode code, String record) {
    assertThat(route)
        .isInstanceOfSatisfying(
            Route.Refused.class,
            refused ->
                assertThat(refused.refusal())
                    .isInstanceOfSatisfying(
                        Refusal.NeedsClient.class,
                        needs -> {
                          assertThat(needs.code()).isEqualTo(code);
                          assertThat(needs.record()).isEqualTo(record);
                        }));
  }

  private static void assertPermanent(Route route, RefusalCode code) {
    assertThat(route)
        .isInstanceOfSatisfying(
            Route.Refused.class,
            refused -> {
              assertThat(refused.refusal()).isInstanceOf(Refusal.Permanent.class);
              assertThat(refused.refusal().code()).isEqualTo(code);
            });
  }

  private static Route route(
      Routing routing, Arrival arrival, Envelope envelope, RecipientStanding standing) {
    return routing.route(envelope, arrival, records(standing, new PointerStanding.Direct()), NOW);
  }

  private static RecipientStanding mailboxAt(MailDomain operator) {
    return new RecipientStanding.Mailbox(
        BOB, Optional.of(KEY_IN_ENVELOPE), operator, "default", RECORD);
  }

  private static final Bytes KEY_IN_ENVELOPE =
      Bytes.concat(CURRENT_KEY, Bytes.copyOf(new byte[31]));

  private static Envelope to(Address recipient) {
    return envelope(recipient, recipient);
  }

  private static Envelope addressedAs(Address written) {
    return envelope(BOB, written);
  }

  private static Envelope envelope(Address recipient, Address written) {
    return new Envelope(
        MessageId.random(new SplittableRandom(1)),
        ALICE,
        Bytes.copyOf(new byte[32]),
        recipient,
        KEY_IN_ENVELOPE,
        written,
        NOW,
        NOW.plus(Duration.ofDays(1)),
        Digest.sha256(Bytes.utf8("sealed")),
        6);
  }

  private static RecipientRecords records(
      RecipientStanding recipient, PointerStanding addressedAs) {
    return records(BETA, recipient, addressedAs);
  }

  private static RecipientRecords records(
      MailDomain keyServersOf, RecipientStanding recipient, PointerStanding addressedAs) {
    Bytes certificate = Bytes.utf8("a certificate that nobody reads here");
    var domain =
        new DomainRecord(
            BETA,
            1,
            1,
            NOW,
            NOW.plus(Duration.ofDays(7)),
            certificate,
            List.of(certificate, certificate),
            "statement",
            List.of(),
            List.of(new DomainRecord.Operator(BETA, NOW.minus(Duration.ofDays(9)), null)),
            new DomainRecord.Limits(1000),
            List.of(1),
            "abuse@beta.test",
            DomainRecord.Management.OWNER);
    return new RecipientRecords(domain, keyServersOf, recipient, addressedAs);
  }
}
