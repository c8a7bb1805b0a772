package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The user's consents that aliases may point at his address (T11). */
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

  /** Withdraws it. */
  public void withdraw(Address alias, Address target) {
    String query =
        "?alias="
            + ProviderConnection.encoded(alias.toString())
            + "&target="
            + ProviderConnection.encoded(target.toString());
    provider.askWithToken(
        new PeerRequest(
            HttpMethod.DELETE,
            "/v1/consents" + query,
            Map.of("accept", "application/json, application/problem+json"),
            Bytes.empty(),
            PeerRequest.DEFAULT_MAX_ANSWER_OCTETS,
            PeerRequest.DEFAULT_TIMEOUT));
  }
}
