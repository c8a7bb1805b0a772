package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The user's consents that aliases may point at his address (T11), and where it points itself. */
public final class Consents {
  private final ProviderConnection provider;

  /** At this provider. */
  public Consents(ProviderConnection provider) {
    this.provider = provider;
  }

  /**
   * Consents that {@code alias} may point here. The serial is the time: it rises with each consent,
   * and no memory of earlier ones is needed.
   *
   * @throws RefusedException what the key server refuses
   */
  public void consent(Address alias, UserSecretKey key) {
    Instant now = provider.clock().instant();
    long serial = now.getEpochSecond();
    Bytes signature = ConsentSignatures.sign(alias, serial, key, now);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("alias", alias.toString());
    body.put("target", key.address().toString());
    body.put("serial", serial);
    body.put("signature", signature.base64Url());
    provider.askWithToken(
        PeerRequest.post("/v1/consents", "application/json", Bytes.utf8(Json.write(body))));
  }

  /**
   * What this user gave and was asked for.
   *
   * @param given aliases that may point here, and since when
   * @param asked aliases whose operators asked, and when
   */
  public record Listing(List<Entry> given, List<Entry> asked) {}

  /** An alias, and when it was consented to or asked for. */
  public record Entry(Address alias, Instant at) {}

  private record GivenAnswer(@Nullable String alias, @Nullable String given) {}

  private record AskedAnswer(@Nullable String alias, @Nullable String asked) {}

  private record ListAnswer(@Nullable List<GivenAnswer> given, @Nullable List<AskedAnswer> asked) {}

  /** Lists them, newest first. */
  public Listing list() {
    ListAnswer answer =
        Json.read(provider.askWithToken(PeerRequest.get("/v1/consents")).body(), ListAnswer.class);
    return new Listing(
        Json.required(answer.given, "given").stream()
            .map(entry -> entry(entry.alias, entry.given))
            .toList(),
        Json.required(answer.asked, "asked").stream()
            .map(entry -> entry(entry.alias, entry.asked))
            .toList());
  }

  private static Entry entry(@Nullable String alias, @Nullable String at) {
    return new Entry(
        Address.parseCanonical(Json.required(alias, "alias")),
        Instant.parse(Json.required(at, "time")));
  }

  /** Hands in the next statement of the user's own address. */
  public void state(KeyStatement statement) {
    provider.askWithToken(
        PeerRequest.post(
            "/v1/statements",
            "application/json",
            Bytes.utf8(Json.write(Map.of("statement", statement.text())))));
  }

  /** Withdraws it. */
  public void withdraw(Address alias, Address target) {
    delete(
        "/v1/consents?alias="
            + ProviderConnection.encoded(alias.toString())
            + "&target="
            + ProviderConnection.encoded(target.toString()));
  }

  /**
   * Wants to see a request no more.
   *
   * @throws RefusedException {@code not_found} when {@code alias} did not ask
   */
  public void dismiss(Address alias) {
    delete("/v1/consents/requests?alias=" + ProviderConnection.encoded(alias.toString()));
  }

  private void delete(String path) {
    provider.askWithToken(
        new PeerRequest(
            HttpMethod.DELETE,
            path,
            Map.of("accept", "application/json, application/problem+json"),
            Bytes.empty(),
            PeerRequest.DEFAULT_MAX_ANSWER_OCTETS,
            PeerRequest.DEFAULT_TIMEOUT));
  }
}
