package io.keypost.keyserver.http;

import io.keypost.keyserver.desk.KeyringDesk;
import io.keypost.keyserver.keyring.KeyChange;
import io.keypost.keyserver.token.LoginKey;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.DeviceStatement;
import io.keypost.protocol.keyring.Parcel;
import io.keypost.protocol.keyring.SealedSecrets;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A user's keyring, devices and parcels. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class KeyResource {
  /** Longest certificate in base64url, in characters. */
  private static final int MAX_CERTIFICATE_CHARACTERS = 88 * 1024;

  /** Longest keyring in base64url, in characters. */
  private static final int MAX_KEYRING_CHARACTERS = 108 * 1024;

  private static final int FINGERPRINT_CHARACTERS = 64;

  private final KeyringDesk keyrings;
  private final UserAnswers answers;
  private final CurrentCaller caller;

  @Inject
  KeyResource(KeyringDesk keyrings, UserAnswers answers, CurrentCaller caller) {
    this.keyrings = keyrings;
    this.answers = answers;
    this.caller = caller;
  }

  /** A keyring in base64url. */
  public record KeyringAnswer(String keyring) {}

  /** Device statements as carried. */
  public record DevicesAnswer(List<String> devices, long keyring_version) {}

  /** A device that is added: its statement, and the login key that it names as JWK. */
  public record DeviceBody(
      @NotNull @Size(max = DeviceStatement.MAX_CHARACTERS) String statement,
      @NotNull @Size(max = 16) Map<String, Object> login_key) {}

  /** A parcel: fingerprints of device and encryption subkey in hexadecimal, base64url. */
  public record ParcelBody(
      @NotNull @Size(min = FINGERPRINT_CHARACTERS, max = FINGERPRINT_CHARACTERS) String device,
      @NotNull @Size(min = FINGERPRINT_CHARACTERS, max = FINGERPRINT_CHARACTERS) String key,
      @NotNull @Size(max = 2 * Parcel.SIZE_OCTETS) String sealed) {}

  /** A change of keys. */
  public record KeysBody(
      @NotNull @Size(max = MAX_CERTIFICATE_CHARACTERS) String certificate,
      @NotNull @Size(max = MAX_KEYRING_CHARACTERS) String keyring,
      @Nullable @Valid DeviceBody device,
      @NotNull @Size(max = KeyChange.MAX_DEVICES) List<@NotNull @Valid ParcelBody> parcels,
      @Nullable @Size(max = 16) Map<String, Object> recovery_key) {}

  /** A parcel that waits. */
  public record WaitingParcel(String key, String sealed) {
    static WaitingParcel of(Parcel parcel) {
      return new WaitingParcel(parcel.key().hex(), parcel.sealed().base64Url());
    }
  }

  /** What waits for the device that asks. */
  public record ParcelsAnswer(List<WaitingParcel> parcels) {}

  /** The keyring, for whoever holds the recovery code. */
  @GET
  @Path("/keyring")
  @Permit(Permit.Kind.CODE_HOLDER)
  public KeyringAnswer keyring() {
    return new KeyringAnswer(keyrings.keyring(caller.user()).encoded().base64Url());
  }

  /** The user's devices. */
  @GET
  @Path("/devices")
  @Permit(Permit.Kind.USER)
  public DevicesAnswer devices() {
    KeyringDesk.Devices devices = keyrings.devices(caller.user());
    return new DevicesAnswer(
        devices.devices().stream().map(DeviceStatement::text).toList(), devices.keyringVersion());
  }

  /** Changes the user's keys, whole or not at all. */
  @PUT
  @Path("/keys")
  @Consumes(MediaType.APPLICATION_JSON)
  @Permit(Permit.Kind.CODE_HOLDER)
  public UserAnswers.UserAnswer change(@NotNull @Valid KeysBody body) {
    Address user = caller.user();
    keyrings.change(user, read(body));
    return answers.of(user);
  }

  private static KeyChange read(KeysBody body) {
    return new KeyChange(
        UserCertificate.decode(Bytes.parseBase64Url(body.certificate())),
        keyring(body.keyring()),
        Optional.ofNullable(body.device())
            .map(
                device ->
                    new KeyChange.NewDevice(
                        DeviceStatement.parse(device.statement()),
                        LoginKey.of(device.login_key()))),
        body.parcels().stream().map(KeyResource::parcel).toList(),
        Optional.ofNullable(body.recovery_key()).map(LoginKey::of));
  }

  private static SealedSecrets keyring(String base64Url) {
    try {
      return SealedSecrets.decode(Bytes.parseBase64Url(base64Url), SealedSecrets.Kind.KEYRING);
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, e.refusal().detail(), e);
    }
  }

  private static KeyChange.AddressedParcel parcel(ParcelBody body) {
    return new KeyChange.AddressedParcel(
        Bytes.parseHex(body.device()),
        new Parcel(Bytes.parseHex(body.key()), Bytes.parseBase64Url(body.sealed())));
  }

  /** What waits for the device that asks. */
  @GET
  @Path("/parcels")
  @Permit(Permit.Kind.USER)
  public ParcelsAnswer parcels() {
    return new ParcelsAnswer(
        keyrings.parcels(caller.loginKey()).stream().map(WaitingParcel::of).toList());
  }

  /** The device that asks keeps this secret now. */
  @DELETE
  @Path("/parcels/{key}")
  @Permit(Permit.Kind.USER)
  public void fetched(@PathParam("key") String key) {
    if (key.length() != FINGERPRINT_CHARACTERS) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "a parcel is named by its key");
    }
    keyrings.fetched(caller.loginKey(), Bytes.parseHex(key));
  }
}
