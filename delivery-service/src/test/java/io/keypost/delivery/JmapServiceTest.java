package io.keypost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.PlayedServer.Reaction;
import io.keypost.delivery.fixture.Rows;
import io.keypost.delivery.fixture.UserClient;
import io.keypost.delivery.fixture.UserClient.Reply;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.OutcomeEvent;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.testsupport.TestTokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A user's mailbox and sent mail from outside: real TLS, tokens, and whoever tries without. */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class JmapServiceTest {
  private static final Duration LIFE = Duration.ofMinutes(5);

  DeliveryWorld world;
  @Inject Pool pool;

  @ConfigProperty(name = "keypost.delivery.port")
  int port;

  @ConfigProperty(name = "keypost.payloads.directory")
  Path payloads;

  private UserClient client;

  @BeforeEach
  void connect() {
    client = new UserClient(port);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  @DisplayName(
      "KP-MBX-3: a user finds the mail and gets its payload octet for octet as it was stored")
  void givesTheMailToItsOwner() {
    Address bob = user("reader");
    SealedMail mail = deliver(bob);
    String token = token(bob);
    Reply session = client.get("/.well-known/jmap", Optional.of(token));
    String account = account(session);

    assertThat(session.tls().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(session.certificate())
        .isEqualTo(CertificateDigests.certificate(world.identity().chain().getFirst()));
    assertThat(session.json().getString("username")).isEqualTo(bob.toString());
    JsonArray ids =
        client.call(token, account, "Email/query", new JsonObject()).getJsonArray("ids");
    assertThat(ids).hasSize(1);
    JsonObject email =
        client
            .call(token, account, "Email/get", new JsonObject().put("ids", ids))
            .getJsonArray("list")
            .getJsonObject(0);
    assertThat(Bytes.parseBase64(email.getString("keypostEnvelope")))
        .isEqualTo(mail.envelope().encoded());
    assertThat(Bytes.parseBase64(email.getString("keypostSignature")))
        .isEqualTo(mail.envelope().signature());
    assertThat(email.getJsonArray("from").getJsonObject(0).getString("email"))
        .isEqualTo(world.far().address("zoe").toString());
    Reply sealed = download(token, account, email.getString("sealedBlobId"));
    assertThat(sealed.status()).isEqualTo(200);
    assertThat(Digest.sha256(sealed.octets())).isEqualTo(mail.payload().sha256());
    Reply rendered = download(token, account, email.getString("blobId"));
    assertThat(rendered.type()).startsWith("message/rfc822");
    assertThat(rendered.body()).hasSize(email.getInteger("size"));
  }

  @Test
  @DisplayName("T33, KP-MBX-1: another's mail is no different from mail that does not exist")
  void givesNothingOfAnother() {
    Address bob = user("victim");
    SealedMail mail = deliver(bob);
    String bobsAccount = account(client.get("/.well-known/jmap", Optional.of(token(bob))));
    String mallory = token(user("mallory"));
    String own = account(client.get("/.well-known/jmap", Optional.of(mallory)));
    String blob = "p" + mail.envelope().envelopeDigest().base64Url();
    String noBlob = "p" + Digest.sha256(world.octets(8)).base64Url();
    String noAccount = "u" + Digest.sha256(world.octets(8)).base64Url();
    assertThat(download(token(bob), bobsAccount, blob).status()).as("its owner's").isEqualTo(200);

    Reply nothing = download(mallory, own, noBlob);
    assertThat(nothing.status()).isEqualTo(404);
    for (Reply reply :
        List.of(
            download(mallory, own, blob),
            download(mallory, bobsAccount, blob),
            download(mallory, noAccount, blob))) {
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.text()).isEqualTo(nothing.text());
    }
    JsonObject all = new JsonObject();
    assertThat(client.callRaw(mallory, bobsAccount, "Email/query", all))
        .isEqualTo(client.callRaw(mallory, noAccount, "Email/query", all));
    String email = "e" + mail.envelope().envelopeDigest().base64Url();
    JsonObject get = new JsonObject().put("ids", new JsonArray().add(email));
    JsonObject answer = client.call(mallory, own, "Email/get", get);
    assertThat(answer.getJsonArray("list")).isEmpty();
    assertThat(answer.getJsonArray("notFound")).containsExactly(email);
  }

  @Test
  @DisplayName("T19: asking only for the headers of a blob leaves no file of the store open")
  void headOfABlobLeavesNothingOpen() throws IOException {
    Address bob = user("headers");
    SealedMail mail = deliver(bob);
    String token = token(bob);
    String account = account(client.get("/.well-known/jmap", Optional.of(token)));
    String digest = mail.envelope().envelopeDigest().base64Url();

    Path segment = anySegment();
    long closed = openPayloadFiles();
    try (InputStream _ = Files.newInputStream(segment)) {
      assertThat(openPayloadFiles()).as("what is counted here").isEqualTo(closed + 1);
    }
    for (String blob : List.of("p" + digest, "b" + digest)) {
      String path = "/jmap/download/" + account + "/" + blob + "/mail";
      Reply body = client.get(path, Optional.of(token));
      // Writers of the store keep their own file open; nobody writes here.
      long before = openPayloadFiles();
      for (int i = 0; i < 5; i++) {
        Reply headers = client.head(path, Optional.of(token));
        assertThat(headers.status()).isEqualTo(body.status()).isEqualTo(200);
        assertThat(headers.type()).isEqualTo(body.type());
        assertThat(headers.body()).isEmpty();
      }
      assertThat(openPayloadFiles()).as(blob).isLessThanOrEqualTo(before);
    }
    String none = "/jmap/download/" + account + "/p" + mail.payload().sha256().base64Url() + "/x";
    assertThat(client.head(none, Optional.of(token)).status()).isEqualTo(404);
  }

  private Path anySegment() throws IOException {
    // The walk has directories open until it is closed.
    try (Stream<Path> segments = Files.walk(payloads)) {
      return segments.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  /** By the kernel's list of this process's descriptors. */
  private long openPayloadFiles() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(this::isOfThePayloads).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isOfThePayloads(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(payloads.toAbsolutePath());
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }

  @Test
  @DisplayName("T34: no token, an old one, one for something else, one that nobody signed: refused")
  void refusesWhoShowsNoGoodToken() {
    Address bob = user("tokens");
    TestTokens stranger = new TestTokens(world.here().domain(), new SecureRandom());
    TestTokens elsewhere = new TestTokens(world.far().operator().domain(), new SecureRandom());
    String[] parts = token(bob).split("\\.", -1);
    String unsigned = base64("{\"typ\":\"at+jwt\",\"kid\":\"token-key\",\"alg\":\"none\"}");

    assertRefused(RefusalCode.UNAUTHENTICATED, Optional.empty());
    assertRefused(
        RefusalCode.TOKEN_EXPIRED,
        Optional.of(world.tokens().token(bob, "mailbox", Duration.ofMinutes(-1))));
    for (String bad :
        List.of(
            world.tokens().token(bob, "submission", LIFE),
            stranger.token(bob, "mailbox", LIFE),
            elsewhere.token(bob, "mailbox", LIFE),
            unsigned + "." + parts[1] + ".",
            parts[0] + "." + base64("{\"sub\":\"" + user("other") + "\"}") + "." + parts[2])) {
      assertRefused(RefusalCode.TOKEN_INVALID, Optional.of(bad));
    }
    assertThat(client.get("/.well-known/jmap", Optional.of(token(bob))).status()).isEqualTo(200);
  }

  private void assertRefused(RefusalCode code, Optional<String> token) {
    for (String path : List.of("/.well-known/jmap", "/v1/outcomes")) {
      Reply reply = client.get(path, token);
      assertThat(reply.status()).as(path).isEqualTo(401);
      assertThat(reply.json().getString("code")).isEqualTo(code.wire());
    }
    assertThat(client.post("/jmap/api", token, new JsonObject()).status()).isEqualTo(401);
  }

  @Test
  @DisplayName("T41: no spelling of a path leads to another's data, or past the token")
  void noSpellingOfAPathLeadsToAnothersData() {
    Address bob = user("paths");
    SealedMail mail = deliver(bob);
    String bobs = account(client.get("/.well-known/jmap", Optional.of(token(bob))));
    String mallory = token(user("mallory"));
    String own = account(client.get("/.well-known/jmap", Optional.of(mallory)));
    String blob = "p" + mail.envelope().envelopeDigest().base64Url();
    List<String> spellings =
        List.of(
            "/jmap/download/" + bobs + "/" + blob + "/x",
            "//jmap/download/" + bobs + "/" + blob + "/x",
            "/jmap//download/" + bobs + "/" + blob + "/x",
            "/jmap/;x/download/" + bobs + "/" + blob + "/x",
            "/jmap/download;x/" + bobs + "/" + blob + "/x",
            "/jmap/download/" + own + "/..;/" + bobs + "/" + blob + "/x",
            "/jmap/download/" + own + "/../" + bobs + "/" + blob + "/x",
            "/jmap/download/" + own + "/%2e%2e/" + bobs + "/" + blob + "/x",
            "/jmap/download/" + own + "%2f..%2f" + bobs + "/" + blob + "/x",
            "/jmap/download/" + own + "/" + bobs + "%2f" + blob + "/x",
            "/%6amap/download/" + bobs + "/" + blob + "/x",
            "/JMAP/download/" + bobs + "/" + blob + "/x");

    for (String path : spellings) {
      for (Optional<String> token : List.of(Optional.of(mallory), Optional.<String>empty())) {
        Reply reply = client.get(path, token);
        assertThat(reply.status()).as(path).isBetween(400, 499);
        assertThat(Digest.sha256(reply.octets())).isNotEqualTo(mail.payload().sha256());
      }
    }
    for (String path :
        List.of(
            "/.well-known//jmap",
            "//.well-known/jmap",
            "/.well-known/;x/jmap",
            "/.well-known/jmap;x",
            "/x/..;/.well-known/jmap",
            "/x/%2e%2e/.well-known/jmap",
            "/.well-known%2fjmap",
            "/.WELL-KNOWN/jmap",
            "/v1//outcomes",
            "/v1/outcomes/",
            "/v1/;x/outcomes")) {
      assertThat(client.get(path, Optional.empty()).status()).as(path).isBetween(400, 499);
    }
  }

  @Test
  @DisplayName("KP-OUT-6, T27: a refusal makes no mail; the sender, and nobody else, sees it")
  void showsARefusalToTheSenderAlone() {
    Address alice = user("sender");
    Address other = user("bystander");
    SealedMail mail = world.mail(alice, world.far().address("zoe"));
    world
        .far()
        .door()
        .react(
            mail.envelope().envelope().messageId(),
            Reaction.refuses(Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "too large for us")));
    Rows rows = new Rows(pool);
    long mails = rows.count("mail");
    int accepted = world.topics().all(MailEvents.ACCEPTED).size();
    world.topics().put(MailEvents.ACCEPTED, world.submitted(mail));
    world.topics().put(MailEvents.ROUTED_TRANSFER, world.leaving(mail, world.far()));
    awaitOutcome(mail);

    JsonObject line = sent(alice).getJsonObject(0);
    assertThat(line.getString("state")).isEqualTo("refused");
    assertThat(line.getString("code")).isEqualTo(RefusalCode.PAYLOAD_TOO_LARGE.wire());
    assertThat(line.getString("detail")).isEqualTo("too large for us");
    assertThat(sent(other)).isEmpty();
    assertThat(rows.count("mail")).as("mail to anybody here").isEqualTo(mails);
    assertThat(world.topics().all(MailEvents.ACCEPTED)).hasSize(accepted + 1);
    assertThat(world.topics().all(MailEvents.ROUTED_TRANSFER).stream())
        .as("mail to anybody elsewhere")
        .filteredOn(event -> event.mail().envelope().envelope().sender().equals(alice))
        .hasSize(1);
  }

  private JsonArray sent(Address sender) {
    return client.get("/v1/outcomes", Optional.of(token(sender))).json().getJsonArray("outcomes");
  }

  private Address user(String local) {
    return world.here().address(local);
  }

  private String token(Address user) {
    return world.tokens().token(user, "mailbox", LIFE);
  }

  private static String account(Reply session) {
    return session.json().getJsonObject("primaryAccounts").getString("urn:ietf:params:jmap:mail");
  }

  private Reply download(String token, String account, String blob) {
    return client.get("/jmap/download/" + account + "/" + blob + "/mail", Optional.of(token));
  }

  private SealedMail deliver(Address recipient) {
    SealedMail mail = world.mail(world.far().address("zoe"), recipient);
    world.topics().put(MailEvents.ROUTED_MAILBOX, world.brought(mail));
    awaitOutcome(mail);
    return mail;
  }

  private OutcomeEvent awaitOutcome(SealedMail mail) {
    return world
        .topics()
        .await(
            MailEvents.OUTCOME,
            event -> event.envelopeDigest().equals(mail.envelope().envelopeDigest()))
        .event();
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
