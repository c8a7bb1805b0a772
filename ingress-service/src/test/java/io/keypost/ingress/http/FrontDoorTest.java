package io.keypost.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.tls.ProofOfPossession;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.ingress.kafka.EventBusReadiness;
import io.keypost.payloads.PayloadRange;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStore;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.ReceiptRecord;
import io.keypost.protocol.record.ReceiptRecord.ReceiptOutcome;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.Test;

/** The front door from outside: real TLS, Kafka, key servers and signed zones. */
@QuarkusTest
@QuarkusTestResource(IngressTestResource.class)
class FrontDoorTest {
  @Inject FrontDoor door;
  @Inject PayloadStore payloads;
  @Inject MeterRegistry metrics;

  @Inject @Readiness EventBusReadiness eventBus;

  private IngressFixture world;

  /** KP-KSV-20. */
  @Test
  void beatsAtItsOperatorsKeyServerAsOftenAsThatSays() {
    await().atMost(Duration.ofSeconds(60)).until(() -> world.beats().size() >= 3);
    assertThat(world.beats())
        .allSatisfy(
            beat -> {
              assertThat(beat.peer())
                  .contains(CertificateDigests.certificate(world.identity().chain().getFirst()));
              assertThat(beat.body().getInteger("load")).isBetween(0, 100);
            });
    assertThat(world.beats().stream().map(beat -> beat.body().getString("instance")).distinct())
        .hasSize(1);
  }

  /** KP-TRF-2, KP-TRF-7. */
  @Test
  void acceptsASubmissionOnlyWhenPayloadAndEventAreThere() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages message = message(alice, 5000);
    assertThat(statuses(submit(alice, message.frame()))).containsExactly("accepted");
    AcceptedMail event = accepted(message).getFirst();
    assertThat(event.arrival())
        .isInstanceOfSatisfying(
            Arrival.FromUser.class, from -> assertThat(from.user()).isEqualTo(alice.address()));
    assertThat(stored(event)).isEqualTo(message.payload());
  }

  /** KP-TRF-5. */
  @Test
  void answersEachEnvelopeOfManyFramesInOrder() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    UserSecretKey other = world.user(world.here(), "other");
    Messages two =
        Messages.seal(
            world.random(),
            100,
            alice,
            world.user(world.peer(), "bob"),
            world.user(world.peer(), "carol"));
    Messages foreign = message(other, 100);
    Messages altered = message(alice, 100).altered(200);
    Messages last = message(alice, 100);
    Door.Reply reply =
        submit(alice, Bytes.concat(two.frame(), foreign.frame(), altered.frame(), last.frame()));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(statuses(reply))
        .containsExactly("accepted", "accepted", "sender_not_token", "digest_mismatch", "accepted");
    assertThat(accepted(two)).hasSize(2);
    assertThat(accepted(foreign)).isEmpty();
    assertThat(accepted(altered)).isEmpty();
    assertThat(accepted(last)).hasSize(1);
  }

  /** KP-TRF-3, KP-TRF-4. */
  @Test
  void acceptsATransferOfAnOperatorThatTheSendersDomainNames() throws Exception {
    UserSecretKey bob = world.user(world.hosted(), "bob");
    ServerIdentity server = world.peer().listedServer("out." + world.peer().domain());
    Messages message =
        Messages.seal(world.random(), 70_000, bob, world.user(world.here(), "alice"));
    assertThat(statuses(transfer(server, message.frame()))).containsExactly("accepted");
    AcceptedMail event = accepted(message).getFirst();
    assertThat(event.arrival())
        .isInstanceOfSatisfying(
            Arrival.FromPeer.class,
            from -> {
              assertThat(from.operator()).isEqualTo(world.peer().domain());
              assertThat(from.certificate())
                  .isEqualTo(CertificateDigests.certificate(server.chain().getFirst()));
            });
    assertThat(stored(event)).isEqualTo(message.payload());
  }

  /** T17, KP-TRF-4, KP-TRF-8. */
  @Test
  void refusesAnOperatorThatTheSendersDomainDoesNotName() throws Exception {
    Messages message =
        Messages.seal(
            world.random(),
            100,
            world.user(world.peer(), "bob"),
            world.user(world.here(), "alice"));
    ServerIdentity stranger = world.stranger().listedServer("out." + world.stranger().domain());
    assertThat(statuses(transfer(stranger, message.frame()))).containsExactly("operator_not_named");
    assertThat(accepted(message)).isEmpty();
  }

  @Test
  void leavesMailOfADomainThatIsNotAtThisOperatorWithItsSenderByKpTrf11() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    UserSecretKey bob = world.user(world.peer(), "bob");
    UserSecretKey moved = world.user(world.hosted(), "zoe");
    ServerIdentity server = world.peer().listedServer("out." + world.peer().domain());
    Messages elsewhere = Messages.seal(world.random(), 100, bob, moved);
    Messages both = Messages.seal(world.random(), 100, bob, alice, moved);
    Messages here = Messages.seal(world.random(), 100, bob, alice);

    assertThat(
            statuses(transfer(server, Bytes.concat(elsewhere.frame(), both.frame(), here.frame()))))
        .containsExactly("not_operator", "not_operator", "not_operator", "accepted");
    assertThat(statuses(submit(moved, message(moved, 100).frame())))
        .as("a user whose domain is not here any more, by an older token")
        .containsExactly("not_operator");
    assertThat(accepted(elsewhere)).isEmpty();
    assertThat(accepted(both)).isEmpty();
    assertThat(accepted(here)).hasSize(1);
  }

  /** T16. */
  @Test
  void refusesAPeerWithoutACertificate() throws Exception {
    try (Door unknown = Door.withoutCertificate(door.port())) {
      assertProblem(unknown.transfer(Bytes.empty()), 401, "certificate_missing");
      assertProblem(
          unknown.post("/v1/receipts", "application/json", Bytes.utf8("{}")),
          401,
          "certificate_missing");
    }
  }

  /** T16. */
  @Test
  void refusesAPeerWhoseOperatorDoesNotListItsCertificate() throws Exception {
    ServerIdentity unlisted = world.peer().unlistedServer("out." + world.peer().domain());
    assertProblem(transfer(unlisted, Bytes.empty()), 403, "certificate_unlisted");
  }

  /** T16: a certificate of a root of his own making that claims the operator's name. */
  @Test
  void refusesAForeignCertificate() throws Exception {
    TestDomain forged =
        new TestDomain(world.peer().domain().value(), InstantSource.system(), world.random());
    ServerIdentity foreign = forged.unlistedServer("out." + world.peer().domain());
    assertProblem(transfer(foreign, Bytes.empty()), 403, "certificate_untrusted");
  }

  /** T15: the look-ups that a stranger makes hang cost nobody else a place. */
  @Test
  void holdsUpOnlyTheNetworkWhoseCertificatesNameAnOperatorThatIsSilent() throws Exception {
    ServerIdentity silent = world.silent().unlistedServer("out." + world.silent().domain());
    ServerIdentity known = world.peer().listedServer("out." + world.peer().domain());
    UserSecretKey alice = world.user(world.here(), "alice");
    try (Door peer = Door.as(known, door.port());
        Door stranger = Door.as(silent, door.port());
        ExecutorService strangers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(peer.transfer(Bytes.empty()).status()).isEqualTo(202);
      List<Future<Door.Reply>> hanging =
          Stream.generate(() -> strangers.submit(() -> stranger.transfer(Bytes.empty())))
              .limit(4)
              .toList();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(identifications()).isEqualTo(4));

      assertProblem(transfer(silent, Bytes.empty()), 429, "rate_limited");
      assertThat(peer.transfer(Bytes.empty()).status()).isEqualTo(202);
      assertThat(statuses(submit(alice, message(alice, 100).frame()))).containsExactly("accepted");

      for (Future<Door.Reply> request : hanging) {
        assertThat(request.get().status()).isEqualTo(503);
      }
    }
    assertThat(identifications()).isZero();
  }

  private double identifications() {
    return metrics
        .get("keypost.ingress.identifications.in.progress")
        .tag("way", "transfer")
        .gauge()
        .value();
  }

  /** T05, KP-TRF-1. */
  @Test
  void refusesTls12() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new ProofOfPossession()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", door.port())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
  }

  /** T34. */
  @Test
  void refusesTokensThatAreMissingExpiredForAnotherAudienceOrForged() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    try (Door user = Door.withoutCertificate(door.port())) {
      assertProblem(
          user.post("/v1/submissions", Frames.MEDIA_TYPE, Bytes.empty()), 401, "unauthenticated");
      assertProblem(user.submit("e30.e30.", Bytes.empty()), 401, "token_invalid");
      assertProblem(
          user.submit(
              world.token(alice.address(), "mailbox", Duration.ofMinutes(10)), Bytes.empty()),
          401,
          "token_invalid");
      assertProblem(
          user.submit(
              world.token(alice.address(), "submission", Duration.ofMinutes(-10)), Bytes.empty()),
          401,
          "token_expired");
      String good = world.token(alice.address(), "submission", Duration.ofMinutes(10));
      String forged = good.substring(0, good.lastIndexOf('.') + 1) + "A".repeat(86);
      assertProblem(user.submit(forged, Bytes.empty()), 401, "token_invalid");
    }
  }

  /** T05, KP-PAY-1, KP-TRF-8. */
  @Test
  void refusesAPayloadThatDoesNotBeginAsItMust() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages message = message(alice, 1000);
    byte[] plain = new byte[message.payload().size()];
    Arrays.fill(plain, (byte) 'x');
    assertThat(statuses(submit(alice, message.withPayload(Bytes.copyOf(plain)).frame())))
        .containsExactly("payload_malformed");
    assertThat(accepted(message)).isEmpty();
  }

  /** T19. */
  @Test
  void stopsReadingAtAMalformedHeadAndKeepsWhatCameBefore() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages good = message(alice, 100);
    Door.Reply reply = submit(alice, Bytes.concat(good.frame(), Bytes.parseHex("03ffffff")));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(statuses(reply)).containsExactly("accepted");
    assertThat(stopped(reply)).isEqualTo(RefusalCode.MALFORMED_HEAD);
    assertThat(accepted(good)).hasSize(1);
  }

  /** T19. */
  @Test
  void stopsReadingWhereAHeadOrAPayloadIsTooLarge() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    assertThat(stopped(submit(alice, Bytes.parseHex("ffff7f"))))
        .isEqualTo(RefusalCode.HEAD_TOO_LARGE);
    Messages large = message(alice, 300_000);
    Door.Reply reply = submit(alice, large.frame());
    assertThat(statuses(reply)).isEmpty();
    assertThat(stopped(reply)).isEqualTo(RefusalCode.PAYLOAD_TOO_LARGE);
    assertThat(accepted(large)).isEmpty();
  }

  /** T19: truncated in the middle of a payload. */
  @Test
  void refersToNothingOfAMessageThatEndsEarly() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages message = message(alice, 5000);
    Bytes frame = message.frame();
    Door.Reply reply = submit(alice, frame.slice(0, frame.size() - 1));
    assertThat(stopped(reply)).isEqualTo(RefusalCode.MALFORMED_FRAME);
    assertThat(accepted(message)).isEmpty();
  }

  /**
   * The sender goes away in the middle: nothing is referenced, and what came whole before stays.
   */
  @Test
  void refersToNothingOfAMessageWhoseSenderGoesAway() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages whole = message(alice, 100);
    Messages half = message(alice, 100_000);
    try (SlowSender sender = slowSender(alice)) {
      sender.send(whole.frame());
      sender.send(half.frame().slice(0, 50_000));
      awaitAccepted(whole);
      assertThat(sender.goAway()).isTrue();
    }
    assertThat(statuses(submit(alice, message(alice, 100).frame()))).containsExactly("accepted");
    assertThat(accepted(half)).isEmpty();
  }

  /** T19, KP-TRF-9, slow bodies: this service is started with a second of patience. */
  @Test
  void stopsABodyThatComesTooSlowly() throws Exception {
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages message = message(alice, 5000);
    try (SlowSender sender = slowSender(alice)) {
      sender.send(message.frame().slice(0, 100));
      assertThat(sender.answer().stopped())
          .isInstanceOfSatisfying(
              Refusal.RetryAfter.class,
              refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.UNAVAILABLE));
    }
    assertThat(accepted(message)).isEmpty();
  }

  @Test
  void isReadyWhileTheBrokersAnswer() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(eventBus.call())
                    .extracting(HealthCheckResponse::getName, HealthCheckResponse::getStatus)
                    .containsExactly("event bus", HealthCheckResponse.Status.UP));
  }

  /** T41. */
  @Test
  void findsItsResourcesByTheirExactPathsOnly() throws Exception {
    try (Door user = Door.withoutCertificate(door.port())) {
      for (String path :
          List.of(
              "/",
              "/v1",
              "/v1/submissions/",
              "//v1/submissions",
              "/v1/;x/submissions",
              "/V1/submissions",
              "/v1/%73ubmissions",
              "/v1/x/../submissions",
              "/q/health")) {
        assertProblem(user.post(path, Frames.MEDIA_TYPE, Bytes.empty()), 404, "not_found");
      }
      HttpRequest get = user.request("/v1/submissions", Frames.MEDIA_TYPE).GET().build();
      assertProblem(user.send(get), 405, "malformed_request");
      assertProblem(
          user.post("/v1/submissions", "text/plain", Bytes.empty()), 415, "malformed_request");
    }
  }

  /** KP-RCP-2, T32. */
  @Test
  void passesOnReceiptsThatTheRecipientsOperatorSigned() throws Exception {
    ServerIdentity server = world.peer().listedServer("out." + world.peer().domain());
    ReceiptIdentity signer = world.peer().receipts();
    UserSecretKey alice = world.user(world.here(), "alice");
    Messages message = message(alice, 100);
    String good = receipt(message, signer, world.peer());
    String altered =
        good.substring(0, good.length() - 10)
            + (good.endsWith("AAAAAAAAAA") ? "BBBBBBBBBB" : "AAAAAAAAAA");
    try (Door peer = Door.as(server, door.port())) {
      Door.Reply reply =
          peer.post("/v1/receipts", "application/json", receipts(signer, good, altered, "x.y.z"));
      assertThat(reply.status()).as(reply.text()).isEqualTo(202);
      assertThat(codes(reply)).containsExactly("accepted", "receipt_invalid", "receipt_invalid");
    }
    assertThat(world.topics().all(MailEvents.PROPOSED))
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        ProposedOutcome.CheckedReceipt.class,
                        checked -> {
                          assertThat(checked.receipt()).isEqualTo(good);
                          assertThat(checked.envelopeDigest())
                              .isEqualTo(message.head().signed().getFirst().envelopeDigest());
                        }));
  }

  /** T32: by an operator that neither the recipient's nor the sender's domain names. */
  @Test
  void refusesAReceiptOfAnOperatorWhoHasNoSay() throws Exception {
    ServerIdentity server = world.stranger().listedServer("out." + world.stranger().domain());
    ReceiptIdentity signer = world.stranger().receipts();
    Messages message = message(world.user(world.here(), "alice"), 100);
    try (Door stranger = Door.as(server, door.port())) {
      Door.Reply reply =
          stranger.post(
              "/v1/receipts",
              "application/json",
              receipts(signer, receipt(message, signer, world.stranger())));
      assertThat(codes(reply)).containsExactly("operator_not_named");
    }
  }

  @Test
  void refusesABodyOfReceiptsThatIsNone() throws Exception {
    ServerIdentity server = world.peer().listedServer("out." + world.peer().domain());
    try (Door peer = Door.as(server, door.port())) {
      for (String body :
          List.of(
              "",
              "{}",
              "[]",
              "{\"chain\":[],\"receipts\":[]}",
              "{\"chain\":[\"AA\"],\"receipts\":[1]}",
              "{\"chain\":[\"AA\"],\"chain\":[\"AA\"],\"receipts\":[\"x\"]}")) {
        assertProblem(
            peer.post("/v1/receipts", "application/json", Bytes.utf8(body)),
            400,
            "malformed_request");
      }
    }
  }

  private Messages message(UserSecretKey sender, int size) throws IOException {
    return Messages.seal(world.random(), size, sender, world.user(world.peer(), "bob"));
  }

  private Door.Reply submit(UserSecretKey user, Bytes frames) throws Exception {
    try (Door client = Door.withoutCertificate(door.port())) {
      return client.submit(
          world.token(user.address(), "submission", Duration.ofMinutes(10)), frames);
    }
  }

  private Door.Reply transfer(ServerIdentity server, Bytes frames) throws Exception {
    try (Door peer = Door.as(server, door.port())) {
      return peer.transfer(frames);
    }
  }

  private SlowSender slowSender(UserSecretKey user) throws Exception {
    return new SlowSender(
        door.port(), world.token(user.address(), "submission", Duration.ofMinutes(10)));
  }

  private List<AcceptedMail> accepted(Messages message) {
    return world.topics().all(MailEvents.ACCEPTED).stream()
        .filter(event -> message.head().signed().contains(event.mail().envelope()))
        .toList();
  }

  private void awaitAccepted(Messages message) {
    Instant end = Instant.now().plusSeconds(20);
    while (accepted(message).isEmpty()) {
      assertThat(Instant.now()).as("accepted in time").isBefore(end);
    }
  }

  private Bytes stored(AcceptedMail event) {
    var location = event.mail().payload();
    PayloadReference reference =
        new PayloadReference(
            location.segment(), location.offset(), location.length(), location.sha256());
    try (InputStream in = payloads.read(reference, PayloadRange.all(reference))) {
      return Bytes.copyOf(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String receipt(Messages message, ReceiptIdentity signer, TestDomain operator) {
    var signed = message.head().signed().getFirst();
    return new RecordSigner(signer.key(), signer.chain().getFirst(), world.random())
        .sign(
            new ReceiptRecord(
                signed.envelopeDigest(),
                signed.envelope().messageId().octets(),
                signed.envelope().sender(),
                signed.envelope().recipient(),
                ReceiptOutcome.DELIVERED,
                null,
                operator.domain(),
                Instant.now()));
  }

  private static Bytes receipts(ReceiptIdentity signer, String... receipts) {
    JsonArray chain = new JsonArray();
    signer
        .chain()
        .forEach(certificate -> chain.add(CertificateCodec.encode(certificate).base64Url()));
    return Bytes.utf8(
        new JsonObject()
            .put("chain", chain)
            .put("receipts", new JsonArray(List.of((Object[]) receipts)))
            .encode());
  }

  private static List<String> codes(Door.Reply reply) {
    return new JsonObject(reply.text())
        .getJsonArray("statuses").stream()
            .map(status -> ((JsonObject) status).getString("code"))
            .toList();
  }

  private static List<String> statuses(Door.Reply reply) {
    assertThat(reply.type()).as(reply.text()).contains(Answer.MEDIA_TYPE);
    return reply.answer().statuses().stream()
        .map(
            status ->
                switch (status) {
                  case Status.Accepted() -> "accepted";
                  case Status.Refused(Refusal refusal) -> refusal.code().wire();
                })
        .toList();
  }

  private static RefusalCode stopped(Door.Reply reply) {
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    Refusal stopped = reply.answer().stopped();
    assertThat(stopped).isNotNull();
    return stopped.code();
  }

  private static void assertProblem(Door.Reply reply, int status, String code) {
    assertThat(reply.text()).contains("\"code\":\"" + code + "\"");
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.type()).contains("application/problem+json");
  }
}
