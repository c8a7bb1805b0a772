package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user's keyring, devices and parcels at the own key server (KP-KEY-20 to KP-KEY-27). What is
 * fetched is as the server says, and for the caller to verify.
 */
public final class Keyrings {
  private static final String JSON = "application/json";

  private final ProviderConnection provider;

  /**
   * At this provider.
   *
   * @param provider with the recovery login key for the keyring and its changes, with a device's
   *     for parcels
   */
  public Keyrings(ProviderConnection provider) {
    this.provider = provider;
  }

  private record KeyringAnswer(@Nullable String keyring) {}

  private record DevicesAnswer(@Nullable List<String> devices, @Nullable Long keyring_version) {}

  private record WaitingParcel(@Nullable String key, @Nullable String sealed) {}

  private record ParcelsAnswer(@Nullable List<WaitingParcel> parcels) {}

  /**
   * A device that is added.
   *
   * @param loginKey that its statement names
   */
  public record NewDevice(DeviceStatement statement, LoginKey loginKey) {}

  /**
   * What shall stand from now on.
   *
   * @param parcels by the device that each is for
   * @param recoveryKey the login key of another recovery code, when there is another
   */
  public record Change(
      UserCertificate certificate,
      SealedSecrets keyring,
      Optional<NewDevice> device,
      Map<DeviceStatement, Parcel> parcels,
      Optional<LoginKey> recoveryKey) {}

  /**
   * The keyring.
   *
   * @throws RefusedException {@code secret_key_unusable} when the recovery code is another; {@code
   *     not_found} when there is none
   */
  public SealedSecrets fetch() {
    PeerAnswer answer;
    try {
      answer = provider.ask(TokenAudience.KEYRING, PeerRequest.get("/v1/keyring"));
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.ASSERTION_INVALID
          ? RefusedException.of(
              RefusalCode.SECRET_KEY_UNUSABLE,
              "the recovery code is not that of "
                  + provider.user().shown()
                  + ", or opens nothing any more ("
                  + e.refusal().detail()
                  + ")",
              e)
          : e;
    }
    String keyring =
        Json.required(Json.read(answer.body(), KeyringAnswer.class).keyring, "keyring");
    return SealedSecrets.decode(Bytes.parseBase64Url(keyring), SealedSecrets.Kind.KEYRING);
  }

  /** What the key server lists as the user's devices; those that are well formed. */
  public List<DeviceStatement> devices() {
    PeerAnswer answer = provider.askWithToken(PeerRequest.get("/v1/devices"));
    return Json.required(Json.read(answer.body(), DevicesAnswer.class).devices, "devices").stream()
        .map(DeviceStatement::parse)
        .toList();
  }

  /** Publishes a change, whole. */
  public void change(Change change) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("certificate", change.certificate().encode().base64Url());
    body.put("keyring", change.keyring().encoded().base64Url());
    change
        .device()
        .ifPresent(
            device ->
                body.put(
                    "device",
                    Map.of(
                        "statement",
                        device.statement().text(),
                        "login_key",
                        device.loginKey().toJwk())));
    body.put(
        "parcels",
        change.parcels().entrySet().stream()
            .map(
                entry ->
                    Map.of(
                        "device", entry.getKey().signingKey().hex(),
                        "key", entry.getValue().key().hex(),
                        "sealed", entry.getValue().sealed().base64Url()))
            .toList());
    change.recoveryKey().ifPresent(key -> body.put("recovery_key", key.toJwk()));
    provider.ask(
        TokenAudience.KEYRING,
        new PeerRequest(
            HttpMethod.PUT,
            "/v1/keys",
            Map.of("accept", JSON + ", application/problem+json", "content-type", JSON),
            Bytes.utf8(Json.write(body)),
            PeerRequest.DEFAULT_MAX_ANSWER_OCTETS,
            PeerRequest.DEFAULT_TIMEOUT));
  }

  /** What waits for this device. */
  public List<Parcel> parcels() {
    PeerAnswer answer = provider.askWithToken(PeerRequest.get("/v1/parcels"));
    return Json.required(Json.read(answer.body(), ParcelsAnswer.class).parcels, "parcels").stream()
        .map(
            waiting ->
                new Parcel(
                    Bytes.parseHex(Json.required(waiting.key, "key")),
                    Bytes.parseBase64Url(Json.required(waiting.sealed, "sealed"))))
        .toList();
  }

  /** This device keeps the secret that was in it. */
  public void fetched(Parcel parcel) {
    provider.askWithToken(
        new PeerRequest(
            HttpMethod.DELETE,
            "/v1/parcels/" + parcel.key().hex(),
            Map.of("accept", JSON + ", application/problem+json"),
            Bytes.empty(),
            PeerRequest.DEFAULT_MAX_ANSWER_OCTETS,
            PeerRequest.DEFAULT_TIMEOUT));
  }
}
