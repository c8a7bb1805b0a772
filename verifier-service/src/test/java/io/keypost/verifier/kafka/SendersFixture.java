package io.keypost.verifier.kafka;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.events.KafkaSettings;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.OutgoingEvent;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.testsupport.SharedServers;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Two domains with a user each, and the topics around the verifier. */
public final class SendersFixture implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Address BOB = Address.parse("bob@beta.test");

  private final Vertx vertx = Vertx.vertx();
  private final KafkaSettings kafka;
  private final TopicSettings topics;
  private final TestDomain here;
  private final TestDomain slow;
  private final TestKeyServer hereKeys;
  private final TestKeyServer slowKeys;
  private final UserSecretKey alice;
  private final UserSecretKey sluggish;
  private final KafkaProducer<byte[], byte[]> producer;

  SendersFixture(String operator, KafkaSettings kafka, TopicSettings topics) {
    this.kafka = kafka;
    this.topics = topics;
    SharedServers servers = SharedServers.get();
    here = domain(operator);
    slow = domain(servers.newDomain("slow"));
    hereKeys = TestKeyServer.start(vertx, here);
    slowKeys = TestKeyServer.start(vertx, slow);
    hereKeys.publish(servers.dns());
    slowKeys.publish(servers.dns());
    alice = here.user("alice");
    sluggish = slow.user("sluggish");
    producer =
        new KafkaProducer<>(
            kafka.forProducer(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static TestDomain domain(String name) {
    SharedServers.get().dns().zone(name, ZoneSecurity.SIGNED);
    return new TestDomain(name, InstantSource.system(), RANDOM);
  }

  /** Writes a listed identity as {@code keypost server enrol} does. */
  void enrol(Path directory) {
    ServerIdentity identity = here.listedServer("verifier." + here.domain());
    try {
      Files.writeString(directory.resolve("operator"), here.domain().value());
      Files.writeString(
          directory.resolve("server.pem"), CertificateCodec.toPem(identity.chain().subList(0, 2)));
      Files.writeString(directory.resolve("root.pem"), CertificateCodec.toPem(here.root()));
      Files.writeString(directory.resolve("server.key"), P256.toPem(identity.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  UserSecretKey alice() {
    return alice;
  }

  UserSecretKey sluggish() {
    return sluggish;
  }

  TestDomain here() {
    return here;
  }

  TestKeyServer slowKeys() {
    return slowKeys;
  }

  /** An event about mail by {@code sender}, which {@code signer} signed. */
  AcceptedMail mail(UserSecretKey sender, UserSecretKey signer) {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Digest payload = Digest.sha256(Bytes.utf8("sealed"));
    Envelope envelope =
        new Envelope(
            new MessageId(Bytes.copyOf(id)),
            sender.address(),
            signer.signingFingerprint(),
            BOB,
            payload.octets(),
            BOB,
            now,
            now.plus(Duration.ofDays(1)),
            payload,
            6);
    Bytes signature =
        DetachedSignatures.sign(SignatureContext.ENVELOPE, envelope.encode(), signer, now);
    return new AcceptedMail(
        new SealedMail(
            SignedEnvelope.of(envelope, signature), new PayloadLocation("segment", 0, 6, payload)),
        new Arrival.FromUser(sender.address(), now));
  }

  /** Puts the event into the first partition, behind all that was put there before. */
  void accept(AcceptedMail mail) {
    OutgoingEvent event = MailEvents.ACCEPTED.outgoing(mail, mail.mail().headers(Optional.empty()));
    send(
        new ProducerRecord<>(
            topics.nameOf(Topics.MAIL_ACCEPTED),
            0,
            event.key().toByteArray(),
            event.value().toByteArray(),
            event.headers().write()));
  }

  /** Puts what is no event there. */
  void accept(byte[] poison) {
    send(new ProducerRecord<>(topics.nameOf(Topics.MAIL_ACCEPTED), 0, new byte[] {1}, poison));
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("Kafka did not take the event", e);
    }
  }

  /** Waits at most {@code patience} for a record of {@code topic} that fits. */
  ConsumerRecord<byte[], byte[]> await(
      Topics topic, Duration patience, Predicate<ConsumerRecord<byte[], byte[]>> fits) {
    List<String> seen = new ArrayList<>();
    Map<String, Object> settings = new HashMap<>(kafka.forConsumer("test-" + UUID.randomUUID()));
    settings.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topics.nameOf(topic)));
      Instant end = Instant.now().plus(patience);
      while (Instant.now().isBefore(end)) {
        for (ConsumerRecord<byte[], byte[]> polled : consumer.poll(Duration.ofMillis(200))) {
          if (fits.test(polled)) {
            return polled;
          }
          seen.add(polled.topic() + "@" + polled.offset());
        }
      }
    }
    throw new AssertionError("nothing that fits in " + topic + " within " + patience + ": " + seen);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    hereKeys.close();
    slowKeys.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
