package io.keypost.events.mail;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;
import io.keypost.protocol.refusal.RefusalScope;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Events of any content within the bounds, by a seeded generator. */
public final class Examples {
  private static final List<String> LOCALS =
      List.of("alice", "bob", "jürgen", "carol+news", "δοκιμή", "info");
  private static final List<String> DOMAINS =
      List.of("alpha.test", "beta.test", "xn--bcher-kva.test", "mail.gamma.test");

  private final RandomGenerator random;

  public Examples(RandomGenerator random) {
    this.random = random;
  }

  public AcceptedMail accepted() {
    return new AcceptedMail(mail(), arrival());
  }

  public VerifiedMail verified() {
    return new VerifiedMail(mail(), arrival(), verification());
  }

  public RoutedMailbox routedMailbox() {
    return new RoutedMailbox(mail(), arrival(), verification(), address());
  }

  public RoutedTransfer routedTransfer() {
    return new RoutedTransfer(
        mail(), arrival(), verification(), domain(), "pool-" + random.nextInt(100));
  }

  public ProposedOutcome proposed() {
    return switch (random.nextInt(3)) {
      case 0 ->
          new ProposedOutcome.ProposedRefusal(
              mail(),
              arrival(),
              outcomeCode(),
              stage(),
              "détail",
              random.nextBoolean() ? "a.b.c" : null,
              time());
      case 1 -> new ProposedOutcome.ProposedExpiry(mail(), arrival(), stage(), time());
      default ->
          new ProposedOutcome.CheckedReceipt(
              digest(), address(), "a.b.c", List.of(octets(300), octets(400)), octets(500), time());
    };
  }

  public OutcomeEvent outcome() {
    OutcomeKind kind = OutcomeKind.values()[random.nextInt(OutcomeKind.values().length)];
    return new OutcomeEvent(
        digest(),
        MessageId.random(random),
        address(),
        address(),
        kind,
        kind.hasCode() ? Optional.of(outcomeCode().wire()) : Optional.empty(),
        time(),
        "a.b.c");
  }

  public SealedMail mail() {
    Instant created = time();
    Envelope envelope =
        new Envelope(
            MessageId.random(random),
            address(),
            octets(32),
            address(),
            octets(32),
            address(),
            created,
            created.plus(Duration.ofDays(1)),
            digest(),
            1 + random.nextLong(1L << 30));
    return new SealedMail(
        SignedEnvelope.of(envelope, octets(1 + random.nextInt(200))),
        new PayloadLocation(
            "segment-" + random.nextInt(1000),
            random.nextLong(1L << 40),
            envelope.payloadSize(),
            envelope.payloadDigest()));
  }

  private Arrival arrival() {
    return random.nextBoolean()
        ? new Arrival.FromUser(address(), time())
        : new Arrival.FromPeer(domain(), digest(), time());
  }

  private Verification verification() {
    return new Verification(digest(), digest(), time());
  }

  private ProposedOutcome.Stage stage() {
    return random.nextBoolean() ? ProposedOutcome.Stage.VERIFIER : ProposedOutcome.Stage.ROUTER;
  }

  private RefusalCode outcomeCode() {
    List<RefusalCode> codes =
        Arrays.stream(RefusalCode.values())
            .filter(
                code ->
                    code.scope() == RefusalScope.OUTCOME && code.kind() != RefusalKind.RETRY_AFTER)
            .toList();
    return codes.get(random.nextInt(codes.size()));
  }

  private Address address() {
    return Address.parse(LOCALS.get(random.nextInt(LOCALS.size())) + "@" + domain().value());
  }

  private MailDomain domain() {
    return MailDomain.parse(DOMAINS.get(random.nextInt(DOMAINS.size())));
  }

  private Digest digest() {
    return new Digest(octets(32));
  }

  private Bytes octets(int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return Bytes.copyOf(octets);
  }

  private Instant time() {
    return Instant.ofEpochMilli(1_700_000_000_000L + random.nextLong(1L << 38));
  }
}
