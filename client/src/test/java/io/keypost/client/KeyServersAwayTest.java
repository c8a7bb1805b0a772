package io.keypost.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.client.home.ClientSettings;
import io.keypost.client.provider.Consents;
import io.keypost.client.provider.LoginKey;
import io.keypost.client.provider.ProviderConnection;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user whose pin names two key servers: KP-TOK-1, KP-TOK-2. */
class KeyServersAwayTest extends TwoKeyServers {
  private static final Pattern ASSERTION = Pattern.compile("(?:^|&)assertion=([^&]*)");

  @TempDir private Path directory;
  private final List<ProviderConnection> opened = new ArrayList<>();
  private final Queue<String> audiences = new ConcurrentLinkedQueue<>();
  private final Queue<KeyServerName> withdrawals = new ConcurrentLinkedQueue<>();
  private TestKeyServer other;

  @BeforeEach
  void another() {
    other = TestKeyServer.start(vertx, alpha);
    alphaServer.misbehave(request -> answers(request, alphaServer));
    other.misbehave(request -> answers(request, other));
  }

  @AfterEach
  void close() {
    opened.forEach(ProviderConnection::close);
    other.close();
  }

  @Test
  void aKeyServerThatIsAwayKeepsNobodyFromTokensAndConsentsByKpTok2() throws IOException {
    KeyServerName away = new KeyServerName(alphaServer.name().host(), freePort());
    for (List<KeyServerName> pinned :
        List.of(List.of(away, alphaServer.name()), List.of(alphaServer.name(), away))) {
      TestKeyServer.publish(zones, alpha.pin(pinned));

      // Each takes its turn to be the first.
      assertThat(new Consents(connection()).list().given()).isEmpty();
      assertThat(new Consents(connection()).list().given()).isEmpty();
    }
    assertThat(audiences)
        .as("KP-TOK-1: each assertion is for the one that it is sent to")
        .hasSize(4)
        .containsOnly("https://" + alphaServer.name() + "/v1/tokens");
  }

  @Test
  void whatOneKeyServerWasToldIsToldNoOther() throws IOException {
    TestKeyServer.publish(zones, alpha.pin(List.of(alphaServer.name(), other.name())));
    Consents consents = new Consents(connection());

    assertThatThrownBy(() -> consents.withdraw(beta.address("info"), alpha.address("alice")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.DIRECTORY_UNAVAILABLE));

    assertThat(withdrawals).hasSize(1);
  }

  private ProviderConnection connection() throws IOException {
    ProviderConnection connection =
        new ProviderConnection(
            vertx,
            alpha.address("alice"),
            new LoginKey(P256.generate(RANDOM)),
            new ClientSettings(
                Optional.of("127.0.0.1:" + dns.address().getPort()),
                Optional.of(Files.writeString(directory.resolve("anchor"), zones.trustAnchor())),
                Optional.of("127.0.0.0/8"),
                Optional.of("1-65535")),
            memory,
            clock,
            RANDOM);
    opened.add(connection);
    return connection;
  }

  /** Gives tokens to anybody, lists nothing, and is gone as soon as it has heard a withdrawal. */
  private boolean answers(HttpServerRequest request, TestKeyServer server) {
    if (request.path().equals("/v1/tokens")) {
      request
          .body()
          .onSuccess(
              form -> {
                audiences.add(audience(form.toString()));
                end(
                    request,
                    new JsonObject()
                        .put("access_token", "token")
                        .put("expires_in", 600)
                        .put("submission_url", "https://mx.alpha.test/v1/submissions")
                        .put("mailbox_url", "https://mail.alpha.test"));
              });
      return true;
    }
    if (!request.path().equals("/v1/consents")) {
      return false;
    }
    if (request.method().equals(HttpMethod.DELETE)) {
      withdrawals.add(server.name());
      request.connection().close().onFailure(gone -> {});
    } else {
      end(request, new JsonObject().put("given", new JsonArray()).put("asked", new JsonArray()));
    }
    return true;
  }

  private static void end(HttpServerRequest request, JsonObject answer) {
    request.response().end(answer.toBuffer()).onFailure(gone -> {});
  }

  private static String audience(String form) {
    Matcher assertion = ASSERTION.matcher(form);
    assertThat(assertion.find()).as(form).isTrue();
    String claims = URLDecoder.decode(assertion.group(1), StandardCharsets.UTF_8).split("\\.")[1];
    return new JsonObject(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8))
        .getString("aud");
  }

  /** One where nobody listens. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
