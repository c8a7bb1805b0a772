package io.keypost.protocol.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-KEY-20, KP-KEY-21, KP-KEY-24, T19, T39: whatever a key server or a device gives. */
class KeyringFuzzTest {
  private static final UserCertificate ALICE = Vectors.certificateOf("alpha.test", "alice");
  private static final DeviceStatement LAPTOP =
      DeviceStatement.parse(Vectors.text("users/alice.device.txt"));
  private static final TransferKey OTHER = TransferKey.generate(new SecureRandom());

  static Stream<byte[]> blobs() {
    return Vectors.octets("users/alice.keyring.bin");
  }

  /** The header: what is behind it only the holder of the code can open. */
  @MethodSource("blobs")
  @FuzzTest
  void sealedSecrets(byte[] octets) throws Exception {
    for (SealedSecrets.Kind kind : SealedSecrets.Kind.values()) {
      Hostile.isReadOrRefused(
          octets.length,
          () -> {
            SealedSecrets sealed = SealedSecrets.decode(Bytes.copyOf(octets), kind);
            assertThat(sealed.version()).isBetween(1L, SealedSecrets.MAX_VERSION);
            assertThat(sealed.encoded()).isEqualTo(Bytes.copyOf(octets));
          });
    }
  }

  static Stream<byte[]> statements() {
    return Vectors.octets("users/alice.device.txt");
  }

  @MethodSource("statements")
  @FuzzTest
  void deviceStatement(byte[] octets) throws Exception {
    String text = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          DeviceStatement statement = DeviceStatement.parse(text);
          assertThat(DeviceStatement.parse(statement.text())).isEqualTo(statement);
          statement.requireGood(ALICE, Vectors.now());
        });
  }

  static Stream<byte[]> parcels() {
    return Vectors.octets("users/alice.parcel.bin");
  }

  /** No parcel opens that was sealed to another device. */
  @MethodSource("parcels")
  @FuzzTest
  void parcel(byte[] octets) throws Exception {
    Bytes sealed = Bytes.copyOf(Arrays.copyOf(octets, Parcel.SIZE_OCTETS));
    Bytes key = ALICE.currentEncryptionKey(Vectors.now()).fingerprint();
    Hostile.isReadOrRefused(
        octets.length,
        () -> assertThat(new Parcel(key, sealed).open(OTHER, LAPTOP, ALICE)).isNull());
  }

  static Stream<byte[]> words() {
    return Stream.of(KeyringVectors.words().getBytes(StandardCharsets.UTF_8));
  }

  /** What a person types. */
  @MethodSource("words")
  @FuzzTest
  void recoveryCode(byte[] octets) throws Exception {
    String text = new String(octets, StandardCharsets.UTF_8);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          RecoveryCode code = RecoveryCode.parse(text);
          assertThat(RecoveryCode.parse(String.join(" ", code.words()))).isEqualTo(code);
        });
  }
}
