package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.openpgp.EnrolmentProof;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts a user's key into the directory, and keeps it up to date there. */
public final class Enrolment {
  private static final String JSON = "application/json";

  private final ProviderConnection provider;

  /** At this provider. */
  public Enrolment(ProviderConnection provider) {
    this.provider = provider;
  }

  /**
   * Enrols a key with a one-time code.
   *
   * @param key the new user's; its secrets must be kept before this is called
   * @throws RefusedException {@code code_invalid}, {@code proof_invalid}, {@code statement_invalid}
   *     and others
   */
  public void enrol(String code, UserSecretKey key) {
    Instant now = provider.clock().instant();
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("code", code);
    payload.put("address", key.address().toString());
    payload.put("certificate", key.certificate().encode().base64Url());
    payload.put("statement", KeyStatement.first(key, now).text());
    payload.put(
        "proof", EnrolmentProof.sign(code, key, provider.login().thumbprint(), now).base64Url());
    String signed = provider.login().enrolment(Json.write(payload));
    provider.askKeyServer(
        PeerRequest.post("/v1/enrolments", "application/jose", Bytes.utf8(signed)));
  }

  /** Publishes a certificate that continues the one that stands (KP-KSV-6). */
  public void update(UserCertificate certificate) {
    provider.askWithToken(
        new PeerRequest(
            HttpMethod.PUT,
            "/v1/certificate",
            Map.of("accept", JSON + ", application/problem+json", "content-type", JSON),
            Bytes.utf8(Json.write(Map.of("certificate", certificate.encode().base64Url()))),
            PeerRequest.DEFAULT_MAX_ANSWER_OCTETS,
            PeerRequest.DEFAULT_TIMEOUT));
  }
}
