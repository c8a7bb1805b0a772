package io.keypost.verifier.kafka;

import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.testsupport.Enrolment;
import io.keypost.testsupport.TestOperators;
import io.keypost.testsupport.TestTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Two domains with a user each, and the topics around the verifier. */
public final class SendersFixture implements AutoCloseable {
  private static final Address BOB = Address.parse("bob@beta.test");

  private final TestOperators operators = new TestOperators();
  private final TestTopics topics;
  private final TestDomain here;
  private final TestDomain slow;
  private final UserSecretKey alice;
  private final UserSecretKey sluggish;

  SendersFixture(Map<String, String> config) {
    topics = TestTopics.create(config);
    here = operators.operator(config.get("keypost.operator"));
    slow = operators.newOperator("slow");
    alice = here.user("alice");
    sluggish = slow.user("sluggish");
  }

  void enrol(Path directory) {
    Enrolment.write(here.listedServer("verifier." + here.domain()), directory);
  }

  TestTopics topics() {
    return topics;
  }

  UserSecretKey alice() {
    return alice;
  }

  UserSecretKey sluggish() {
    return sluggish;
  }

  /** How often the key server of the senders' domain was asked for addresses. */
  long lookUps() {
    return operators.keyServer(here).requests().stream()
        .filter(request -> request.endsWith("/v1/lookups"))
        .count();
  }

  TestKeyServer slowKeys() {
    return operators.keyServer(slow);
  }

  /** An event about mail by {@code sender}, which {@code signer} signed. */
  AcceptedMail mail(UserSecretKey sender, UserSecretKey signer) {
    return mail(sender, signer, Duration.ZERO);
  }

  /** The same, by a clock that is {@code ahead}. */
  AcceptedMail mail(UserSecretKey sender, UserSecretKey signer, Duration ahead) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Instant created = now.plus(ahead);
    Digest payload = Digest.sha256(Bytes.utf8("sealed"));
    Envelope envelope =
        new Envelope(
            MessageId.random(operators.random()),
            sender.address(),
            signer.signingFingerprint(),
            BOB,
            payload.octets(),
            BOB,
            created,
            created.plus(Duration.ofDays(1)),
            payload,
            6);
    Bytes signature =
        DetachedSignatures.sign(SignatureContext.ENVELOPE, envelope.encode(), signer, now);
    return new AcceptedMail(
        new SealedMail(
            SignedEnvelope.of(envelope, signature), new PayloadLocation("segment", 0, 6, payload)),
        new Arrival.FromUser(sender.address(), now));
  }

  @Override
  public void close() {
    topics.close();
    operators.close();
  }
}
