package io.keypost.protocol.keyring;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.StrictProtobuf;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * What a device keeps of its user's secrets: never the primary key (KP-KEY-23).
 *
 * @param key its OpenPGP secrets
 * @param transfer what parcels are sealed to
 * @param statement what the primary key certified of it
 */
public record DeviceSecrets(DeviceKey key, TransferKey transfer, DeviceStatement statement) {
  /**
   * Seals them for the device's disk.
   *
   * @param passphrase at least one character; not kept
   */
  public Bytes protect(char[] passphrase, SecureRandom random) {
    Bytes content =
        Bytes.copyOf(
            io.keypost.protocol.keyring.wire.DeviceSecrets.newBuilder()
                .setDeviceKey(ByteString.copyFrom(key.encode().asByteBuffer()))
                .setTransfer(ByteString.copyFrom(transfer.secret().asByteBuffer()))
                .setStatement(statement.text())
                .build()
                .toByteArray());
    return SealedSecrets.seal(
            SealedSecrets.Kind.DEVICE, 1, key.address(), utf8(passphrase), content, random)
        .encoded();
  }

  /**
   * Reads what {@link #protect} wrote.
   *
   * @throws RefusedException {@code secret_key_unusable} when it is damaged, or the passphrase or
   *     address is another
   */
  public static DeviceSecrets unprotect(Bytes file, Address address, char[] passphrase) {
    Bytes content =
        SealedSecrets.decode(file, SealedSecrets.Kind.DEVICE).open(address, utf8(passphrase));
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.keyring.wire.DeviceSecrets.parser(),
            content,
            RefusalCode.SECRET_KEY_UNUSABLE);
    StrictProtobuf.requireStrict(wire, content, RefusalCode.SECRET_KEY_UNUSABLE);
    if (wire.getTransfer().size() != TransferKey.SIZE_OCTETS) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "no transfer key");
    }
    return new DeviceSecrets(
        DeviceKey.decode(Bytes.copyOf(wire.getDeviceKey().asReadOnlyByteBuffer())),
        TransferKey.of(Bytes.copyOf(wire.getTransfer().asReadOnlyByteBuffer())),
        DeviceStatement.parse(wire.getStatement()));
  }

  private static Bytes utf8(char[] passphrase) {
    ByteBuffer octets = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
    Bytes copy = Bytes.copyOf(octets);
    Arrays.fill(octets.array(), (byte) 0);
    return copy;
  }
}
