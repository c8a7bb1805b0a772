package io.keypost.router.kafka;

import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.mail.Verification;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.testsupport.Enrolment;
import io.keypost.testsupport.TestOperators;
import io.keypost.testsupport.TestTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * The operator whose router is tested, another one, and one whose key server is out of order until
 * a test mends it; with a user each.
 */
public final class RecipientsFixture implements AutoCloseable {
  private final TestOperators operators = new TestOperators();
  private final TestTopics topics;
  private final TestDomain here;
  private final TestDomain far;
  private final TestDomain broken;
  private final UserSecretKey bob;
  private final UserSecretKey zoe;
  private final UserSecretKey stuck;

  RecipientsFixture(Map<String, String> config) {
    topics = TestTopics.create(config);
    here = operators.operator(config.get("keypost.operator"));
    far = operators.newOperator("far");
    broken = operators.newOperator("broken");
    bob = here.user("bob");
    zoe = far.user("zoe");
    stuck = broken.user("stuck");
    operators
        .keyServer(broken)
        .misbehave(
            request -> {
              TestKeyServer.problem(request, 503, "unavailable");
              return true;
            });
  }

  void enrol(Path directory) {
    Enrolment.write(here.listedServer("router." + here.domain()), directory);
  }

  TestTopics topics() {
    return topics;
  }

  TestDomain here() {
    return here;
  }

  TestDomain far() {
    return far;
  }

  /** A user of {@link #here}. */
  UserSecretKey bob() {
    return bob;
  }

  /** A user of {@link #far}. */
  UserSecretKey zoe() {
    return zoe;
  }

  /** A user whose domain's key server answers nothing before {@link #mend}. */
  UserSecretKey stuck() {
    return stuck;
  }

  TestDomain broken() {
    return broken;
  }

  /** From now on the key server that was out of order answers. */
  void mend() {
    operators.keyServer(broken).behave();
  }

  /** Mail that a user of {@link #here} wrote to {@code recipient} itself. */
  VerifiedMail submitted(UserSecretKey recipient) {
    return submitted(recipient, recipient.address());
  }

  /**
   * Mail that a user of {@link #here} wrote to {@code addressedAs}, sealed to {@code recipient}.
   */
  VerifiedMail submitted(UserSecretKey recipient, Address addressedAs) {
    Address alice = here.address("alice");
    return mail(
        alice,
        recipient.address(),
        recipient.certificate().currentEncryptionKey(Instant.now()).fingerprint(),
        addressedAs,
        new Arrival.FromUser(alice, now()));
  }

  /** Mail of a user of {@link #far} that this operator's server brought. */
  VerifiedMail transferred(UserSecretKey recipient) {
    return transferred(recipient, recipient.address());
  }

  /** The same, for {@code written}, an address of {@code recipient}. */
  VerifiedMail transferred(UserSecretKey recipient, Address written) {
    return mail(
        zoe.address(),
        written,
        recipient.certificate().currentEncryptionKey(Instant.now()).fingerprint(),
        written,
        new Arrival.FromPeer(far.domain(), Digest.sha256(octets(8)), now()));
  }

  /** Mail to an address that has no key, sealed to whatever its sender took for one. */
  VerifiedMail submittedTo(Address recipient) {
    Address alice = here.address("alice");
    return mail(alice, recipient, octets(32), recipient, new Arrival.FromUser(alice, now()));
  }

  /** Mail to {@code recipient} under another key, by a sender whose clock is 4 minutes ahead. */
  VerifiedMail submittedUnderAnotherKeyAndAhead(UserSecretKey recipient) {
    Address alice = here.address("alice");
    return mail(
        alice,
        recipient.address(),
        octets(32),
        recipient.address(),
        new Arrival.FromUser(alice, now()),
        now().plus(Duration.ofMinutes(4)));
  }

  /** How often the key server of {@link #far} was asked for addresses. */
  long lookUpsAtFar() {
    return operators.keyServer(far).requests().stream()
        .filter(request -> request.endsWith("/v1/lookups"))
        .count();
  }

  private VerifiedMail mail(
      Address sender, Address recipient, Bytes recipientKey, Address addressedAs, Arrival arrival) {
    return mail(sender, recipient, recipientKey, addressedAs, arrival, now());
  }

  private VerifiedMail mail(
      Address sender,
      Address recipient,
      Bytes recipientKey,
      Address addressedAs,
      Arrival arrival,
      Instant created) {
    Digest payload = Digest.sha256(octets(8));
    Envelope envelope =
        new Envelope(
            MessageId.random(operators.random()),
            sender,
            octets(32),
            recipient,
            recipientKey,
            addressedAs,
            created,
            created.plus(Duration.ofDays(1)),
            payload,
            8);
    return new VerifiedMail(
        new SealedMail(
            SignedEnvelope.of(envelope, octets(120)),
            new PayloadLocation("segment", 0, 8, payload)),
        arrival,
        new Verification(Digest.sha256(octets(8)), Digest.sha256(octets(8)), now()));
  }

  private Bytes octets(int count) {
    byte[] octets = new byte[count];
    operators.random().nextBytes(octets);
    return Bytes.copyOf(octets);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void close() {
    topics.close();
    operators.close();
  }
}
