package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.EnrolmentProof;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts a user's key into the directory. */
public final class Enrolment {
  private final ProviderConnection provider;

  /** At this provider. */
  public Enrolment(ProviderConnection provider) {
    this.provider = provider;
  }

  /**
   * Enrols a key with a one-time code.
   *
   * @param key the new user's; its secrets must be kept before this is called
   * @param device the statement of the device that holds them
   * @param recoveryKey the login key of the recovery code
   * @param keyring under the recovery code, of version 1
   * @throws RefusedException {@code code_invalid}, {@code proof_invalid}, {@code statement_invalid}
   *     and others
   */
  public void enrol(
      String code,
      UserSecretKey key,
      DeviceStatement device,
      LoginKey recoveryKey,
      SealedSecrets keyring) {
    Instant now = provider.clock().instant();
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("code", code);
    payload.put("address", key.address().toString());
    payload.put("certificate", key.certificate().encode().base64Url());
    payload.put("statement", KeyStatement.first(key, now).text());
    payload.put(
        "proof", EnrolmentProof.sign(code, key, provider.login().thumbprint(), now).base64Url());
    payload.put("device", device.text());
    payload.put("recovery_key", recoveryKey.toJwk());
    payload.put("keyring", keyring.encoded().base64Url());
    String signed = provider.login().enrolment(Json.write(payload));
    provider.askKeyServer(
        PeerRequest.post("/v1/enrolments", "application/jose", Bytes.utf8(signed)));
  }
}
