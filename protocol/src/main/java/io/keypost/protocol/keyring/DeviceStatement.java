package io.keypost.protocol.keyring;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.wire.Device;
import io.keypost.protocol.message.StrictProtobuf;
import io.keypost.protocol.openpgp.DetachedSignatures;
import io.keypost.protocol.openpgp.KeyLife;
import io.keypost.protocol.openpgp.SignatureContext;
import io.keypost.protocol.openpgp.Subkey;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;

/**
 * What the primary key certifies of a device (KP-KEY-20). Holding one says that it is well formed;
 * {@link #requireGood} verifies it.
 *
 * @param address the user
 * @param added when, whole milliseconds
 * @param name the user's own for it, 1 to {@value #MAX_NAME_CHARACTERS} printable characters
 * @param signingKey v6 fingerprint of its signing subkey, which names the device
 * @param loginKey RFC 7638 thumbprint of its login key
 * @param transferKey X25519 public key
 * @param encoded the octets that were signed
 * @param signature one detached signature packet
 */
public record DeviceStatement(
    Address address,
    Instant added,
    String name,
    Bytes signingKey,
    Digest loginKey,
    Bytes transferKey,
    Bytes encoded,
    Bytes signature) {
  /** Longest carried form in characters. */
  public static final int MAX_CHARACTERS = 2048;

  /** Longest name. */
  public static final int MAX_NAME_CHARACTERS = 64;

  private static final int FINGERPRINT_OCTETS = 32;

  /** Checks that the parts belong together. */
  public DeviceStatement {
    requireName(name);
    if (!encode(address, added, name, signingKey, loginKey, transferKey).equals(encoded)) {
      throw refused("not the statement as encoded");
    }
  }

  /**
   * What a new device is called and has.
   *
   * @param name as in {@link DeviceStatement}
   * @param loginKey as in {@link DeviceStatement}
   * @param transferKey its shared half
   */
  public record Facts(String name, Digest loginKey, Bytes transferKey) {}

  /** Certifies the device whose signing subkey {@code keys} holds. */
  public static DeviceStatement sign(UserSecretKey keys, Facts facts, Instant now) {
    requireName(facts.name());
    Instant added = Instant.ofEpochMilli(now.toEpochMilli());
    Bytes encoded =
        encode(
            keys.address(),
            added,
            facts.name(),
            keys.signingFingerprint(),
            facts.loginKey(),
            facts.transferKey());
    return new DeviceStatement(
        keys.address(),
        added,
        facts.name(),
        keys.signingFingerprint(),
        facts.loginKey(),
        facts.transferKey(),
        encoded,
        DetachedSignatures.signWithPrimary(SignatureContext.DEVICE, encoded, keys, now));
  }

  private static Bytes encode(
      Address address,
      Instant added,
      String name,
      Bytes signingKey,
      Digest loginKey,
      Bytes transferKey) {
    return Bytes.copyOf(
        Device.newBuilder()
            .setAddress(address.toString())
            .setAdded(added.toEpochMilli())
            .setName(name)
            .setSigningKey(string(signingKey))
            .setLoginKey(string(loginKey.octets()))
            .setTransferKey(string(transferKey))
            .build()
            .toByteArray());
  }

  /**
   * Reads the carried form.
   *
   * @throws RefusedException {@code statement_invalid} when it is not exactly that
   */
  public static DeviceStatement parse(String text) {
    int dot = text.indexOf('.');
    if (text.length() > MAX_CHARACTERS || dot < 0) {
      throw refused("not a statement and a signature");
    }
    try {
      return decode(
          Bytes.parseBase64Url(text.substring(0, dot)),
          Bytes.parseBase64Url(text.substring(dot + 1)));
    } catch (RefusedException e) {
      throw RefusedException.of(RefusalCode.STATEMENT_INVALID, e.refusal().detail(), e);
    }
  }

  private static DeviceStatement decode(Bytes encoded, Bytes signature) {
    Device wire = StrictProtobuf.parse(Device.parser(), encoded, RefusalCode.STATEMENT_INVALID);
    StrictProtobuf.requireStrict(wire, encoded, RefusalCode.STATEMENT_INVALID);
    if (wire.getAdded() < 1 || wire.getAdded() > StrictProtobuf.MAX_UNIX_MILLIS) {
      throw refused("added at no time");
    }
    Bytes signingKey = bytes(wire.getSigningKey());
    Bytes transferKey = bytes(wire.getTransferKey());
    if (signingKey.size() != FINGERPRINT_OCTETS || transferKey.size() != TransferKey.SIZE_OCTETS) {
      throw refused("a key of another size");
    }
    return new DeviceStatement(
        Address.parseCanonical(wire.getAddress()),
        Instant.ofEpochMilli(wire.getAdded()),
        wire.getName(),
        signingKey,
        new Digest(bytes(wire.getLoginKey())),
        transferKey,
        encoded,
        signature);
  }

  /**
   * Verifies that the device is the user's and may still sign. This, and not what a key server
   * lists, decides to whom secrets are sealed (T42).
   *
   * @param certificate verified to be the user's own, as it stands now
   * @throws RefusedException {@code statement_invalid}
   */
  public void requireGood(UserCertificate certificate, Instant now) {
    if (!address.equals(certificate.address())) {
      throw refused("a device of " + address);
    }
    try {
      DetachedSignatures.verifyByPrimary(
          SignatureContext.DEVICE, encoded, signature, certificate, now);
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID,
          "not signed by the user's primary key: " + e.refusal().detail(),
          e);
    }
    if (!standsIn(certificate, now)) {
      throw refused("the device's signing subkey is not good now");
    }
  }

  /** Whether the certificate has the device's signing subkey, and it is good. */
  public boolean standsIn(UserCertificate certificate, Instant now) {
    return certificate
        .subkey(signingKey)
        .filter(Subkey.Signing.class::isInstance)
        .filter(subkey -> subkey.life().at(now) == KeyLife.State.VALID)
        .isPresent();
  }

  /** The form in requests: two base64url parts with a dot between. */
  public String text() {
    return encoded.base64Url() + "." + signature.base64Url();
  }

  /** SHA-256 of {@link #text()}. */
  public Digest digest() {
    return Digest.sha256(Bytes.utf8(text()));
  }

  private static void requireName(String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME_CHARACTERS
        || name.chars().anyMatch(Character::isISOControl)
        || !name.strip().equals(name)) {
      throw refused(
          "a name has 1 to " + MAX_NAME_CHARACTERS + " characters, no controls, no space around");
    }
  }

  private static ByteString string(Bytes octets) {
    return ByteString.copyFrom(octets.asByteBuffer());
  }

  private static Bytes bytes(ByteString octets) {
    return Bytes.copyOf(octets.asReadOnlyByteBuffer());
  }

  private static RefusedException refused(String detail) {
    return RefusedException.of(RefusalCode.STATEMENT_INVALID, detail);
  }
}
