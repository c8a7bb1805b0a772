package io.keypost.protocol.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserKeyring;
import io.keypost.protocol.openpgp.UserSecretKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;

/** Makes and reads the vectors of the keyring, for those who keep the others. */
public final class KeyringVectors {
  /** Where the header's salt stands. */
  private static final int SALT_OFFSET = 12;

  private static final String LOGIN_KEY = "keypost vector: a login key";

  private KeyringVectors() {}

  /** The code of octets 00 to 0f, in words. */
  public static String words() {
    return String.join(
        " ", RecoveryCode.of(Bytes.parseHex("000102030405060708090a0b0c0d0e0f")).words());
  }

  /** The blob of {@code keys} under {@link #words()}. */
  public static Bytes keyring(UserSecretKey keys, SecureRandom random, ObjectNode facts) {
    RecoveryCode code = RecoveryCode.parse(words());
    facts
        .put("address", keys.address().toString())
        .put("words", words())
        .put("version", 3)
        .put("content", keys.keyring().encode().hex())
        .put("login_key", P256.encode(Keyring.login(code, keys.address()).getPublic()).hex())
        .put("login_secret", P256.encode(Keyring.login(code, keys.address()).getPrivate()).hex());
    return Keyring.seal(keys.keyring(), 3, code, random).encoded();
  }

  /** A device's statement; its transfer secret stands with it. */
  public static Bytes device(
      UserSecretKey keys, Instant now, SecureRandom random, ObjectNode facts) {
    TransferKey transfer = TransferKey.generate(random);
    facts
        .put("address", keys.address().toString())
        .put("name", "Alice's laptop")
        .put("signing_key", keys.signingFingerprint().hex())
        .put("login_key", Digest.sha256(Bytes.utf8(LOGIN_KEY)).hex())
        .put("transfer_secret", transfer.secret().hex());
    return Bytes.utf8(
        DeviceStatement.sign(
                keys,
                new DeviceStatement.Facts(
                    "Alice's laptop", Digest.sha256(Bytes.utf8(LOGIN_KEY)), transfer.shared()),
                now)
            .text());
  }

  /** The secret of the one encryption subkey of {@code keys}, sealed to that device. */
  public static Bytes parcel(
      UserSecretKey keys, Bytes statement, SecureRandom random, ObjectNode facts) {
    Parcel parcel = Parcel.seal(keys, DeviceStatement.parse(text(statement)), random);
    facts
        .put("address", keys.address().toString())
        .put("key", parcel.key().hex())
        .put("secret", keys.newestEncryptionSecret().octets().hex());
    return parcel.sealed();
  }

  /** Opens a kept blob and seals its content anew with the same salt: the same octets. */
  public static Bytes readKeyring(JsonNode vector, Bytes octets) {
    Address address = Address.parseCanonical(vector.get("address").asText());
    RecoveryCode code = RecoveryCode.parse(vector.get("words").asText());
    SealedSecrets sealed = SealedSecrets.decode(octets, SealedSecrets.Kind.KEYRING);
    assertThat(sealed.version()).isEqualTo(vector.get("version").asLong());
    UserKeyring keys = Keyring.open(sealed, address, code);
    assertThat(keys.encode().hex()).isEqualTo(vector.get("content").asText());
    KeyPair login = Keyring.login(code, address);
    assertThat(P256.encode(login.getPublic()).hex()).isEqualTo(vector.get("login_key").asText());
    assertThat(P256.encode(login.getPrivate()).hex())
        .isEqualTo(vector.get("login_secret").asText());
    return Keyring.seal(
            keys,
            sealed.version(),
            code,
            new KeptSalt(octets.slice(SALT_OFFSET, SALT_OFFSET + Derivation.SALT_OCTETS)))
        .encoded();
  }

  /** Reads a kept statement and verifies it by the user's certificate. */
  public static Bytes readDevice(
      JsonNode vector, Bytes octets, UserCertificate certificate, Instant now) {
    DeviceStatement statement = DeviceStatement.parse(text(octets));
    statement.requireGood(certificate, now);
    assertThat(statement.name()).isEqualTo(vector.get("name").asText());
    assertThat(statement.signingKey().hex()).isEqualTo(vector.get("signing_key").asText());
    assertThat(statement.loginKey().hex()).isEqualTo(vector.get("login_key").asText());
    assertThat(TransferKey.of(Bytes.parseHex(vector.get("transfer_secret").asText())).shared())
        .isEqualTo(statement.transferKey());
    return Bytes.utf8(statement.text());
  }

  /** Opens a kept parcel. */
  public static Bytes readParcel(
      JsonNode vector,
      Bytes octets,
      Bytes statement,
      JsonNode device,
      UserCertificate certificate) {
    Parcel parcel = new Parcel(Bytes.parseHex(vector.get("key").asText()), octets);
    assertThat(
            parcel
                .open(
                    TransferKey.of(Bytes.parseHex(device.get("transfer_secret").asText())),
                    DeviceStatement.parse(text(statement)),
                    certificate)
                .octets()
                .hex())
        .isEqualTo(vector.get("secret").asText());
    return parcel.sealed();
  }

  private static String text(Bytes octets) {
    return new String(octets.toByteArray(), StandardCharsets.UTF_8);
  }

  /** Gives the salt of a kept blob, and nothing else. */
  private static final class KeptSalt extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final transient Bytes salt;

    KeptSalt(Bytes salt) {
      this.salt = salt;
    }

    @Override
    public void nextBytes(byte[] octets) {
      assertThat(octets).hasSize(salt.size());
      System.arraycopy(salt.toByteArray(), 0, octets, 0, octets.length);
    }
  }
}
