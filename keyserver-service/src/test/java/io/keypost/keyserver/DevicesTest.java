package io.keypost.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.keypost.client.KeypostClient;
import io.keypost.client.OwnKeys.DeviceView;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.MessageOpener;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.Spool;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's devices from the first to the last, with Keypost's own client against the running key
 * server: KP-KEY-20 to KP-KEY-27.
 */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class DevicesTest extends ReadyKeyServer {
  private static final RecoveryCode CODE = RecoveryCode.generate(OwnClient.RANDOM);

  @TempDir private Path homes;

  @Test
  void aSecondDeviceReadsWhatTheFirstCouldAndEachSignsWithItsOwnKeyByKpKey20() throws IOException {
    Address alice = fresh("alice");
    try (KeypostClient laptop = enrol(alice)) {
      Sealed before = Sealed.to(laptop.certificate(), laptop.deviceKey());

      try (KeypostClient phone =
          OwnClient.device(homes.resolve("phone"), "phone").add(alice, CODE)) {
        assertThat(before.readBy(phone.deviceKey())).isEqualTo("for alice");
        assertThat(phone.deviceKey().signingFingerprint())
            .isNotEqualTo(laptop.deviceKey().signingFingerprint());
        assertThat(phone.certificate().fingerprint()).isEqualTo(laptop.certificate().fingerprint());
        assertThat(laptop.keys().devices())
            .extracting(DeviceView::name, DeviceView::here)
            .containsExactlyInAnyOrder(tuple("laptop", true), tuple("phone", false));
        assertThat(laptop.certificate()).isEqualTo(phone.certificate());
      }
    }
  }

  @Test
  void whatComesAfterARemovalIsClosedToTheRemovedDeviceAndOpenToTheOthersByKpKey22()
      throws IOException {
    Address alice = fresh("alice");
    try (KeypostClient laptop = enrol(alice);
        KeypostClient phone = OwnClient.device(homes.resolve("phone"), "phone").add(alice, CODE);
        KeypostClient tablet =
            OwnClient.device(homes.resolve("tablet"), "tablet").add(alice, CODE)) {
      Sealed before = Sealed.to(laptop.certificate(), laptop.deviceKey());
      Bytes lost = phone.deviceKey().signingFingerprint();

      laptop.keys().remove(lost, RevocationReason.RETIRED, CODE);
      assertThat(tablet.keys().refresh()).isTrue();

      Sealed after = Sealed.to(laptop.certificate(), laptop.deviceKey());
      assertThat(before.readBy(laptop.deviceKey())).isEqualTo("for alice");
      assertThat(after.readBy(laptop.deviceKey())).isEqualTo("for alice");
      assertThat(before.readBy(tablet.deviceKey())).isEqualTo("for alice");
      assertThat(after.readBy(tablet.deviceKey())).isEqualTo("for alice");
      assertRefused(RefusalCode.DECRYPTION_FAILED, () -> after.readBy(phone.deviceKey()));
      assertRefused(RefusalCode.ASSERTION_INVALID, () -> phone.keys().devices());
      assertThat(laptop.keys().devices())
          .extracting(DeviceView::name)
          .containsExactlyInAnyOrder("laptop", "tablet");
      assertThat(tablet.keys().refresh()).as("nothing is new any more").isFalse();
    }
    try (KeypostClient again = OwnClient.open(homes.resolve("tablet"))) {
      assertThat(again.deviceKey().lackingFor(again.certificate())).isEmpty();
    }
    try (KeypostClient removed = OwnClient.open(homes.resolve("phone"))) {
      assertRefused(RefusalCode.ASSERTION_INVALID, () -> removed.keys().devices());
    }
  }

  @Test
  void aRotationReachesEveryDevice() throws IOException {
    Address alice = fresh("alice");
    try (KeypostClient laptop = enrol(alice);
        KeypostClient phone = OwnClient.device(homes.resolve("phone"), "phone").add(alice, CODE)) {
      Bytes before = laptop.certificate().currentEncryptionKey(Instant.now()).fingerprint();

      phone.keys().rotate(CODE);
      phone.keys().rotate(CODE);
      laptop.keys().refresh();

      assertThat(laptop.certificate().currentEncryptionKey(Instant.now()).fingerprint())
          .isNotEqualTo(before);
      Sealed after = Sealed.to(phone.certificate(), phone.deviceKey());
      assertThat(after.readBy(laptop.deviceKey())).isEqualTo("for alice");
      assertThat(laptop.deviceKey().lackingFor(phone.certificate())).isEmpty();
    }
  }

  @Test
  void theCodeAloneBringsEverythingBackAfterEveryDeviceWasLostByKpKey21() throws IOException {
    Address alice = fresh("alice");
    Sealed before;
    DeviceKey stolen;
    try (KeypostClient laptop = enrol(alice)) {
      laptop.keys().rotate(CODE);
      before = Sealed.to(laptop.certificate(), laptop.deviceKey());
      stolen = laptop.deviceKey();
    }

    try (KeypostClient found =
        OwnClient.device(homes.resolve("new"), "new")
            .recover(
                alice,
                RecoveryCode.parse(String.join(" ", CODE.words())),
                RevocationReason.RETIRED)) {
      assertThat(before.readBy(found.deviceKey())).isEqualTo("for alice");
      assertThat(found.keys().devices()).extracting(DeviceView::name).containsExactly("new");
      assertThat(found.certificate().signingSubkeys(Instant.now()))
          .singleElement()
          .satisfies(
              key -> assertThat(key.fingerprint()).isNotEqualTo(stolen.signingFingerprint()));
      Sealed after = Sealed.to(found.certificate(), found.deviceKey());
      assertRefused(RefusalCode.DECRYPTION_FAILED, () -> after.readBy(stolen));
    }
    try (KeypostClient lost = OwnClient.open(homes.resolve("laptop"))) {
      assertRefused(RefusalCode.ASSERTION_INVALID, () -> lost.keys().devices());
    }
  }

  @Test
  void anotherCodeOpensNothingAndLeavesNoHomeBehind() {
    Address alice = fresh("alice");
    enrol(alice).close();
    RecoveryCode other = RecoveryCode.generate(OwnClient.RANDOM);
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        () -> OwnClient.device(homes.resolve("phone"), "phone").add(alice, other));
    assertRefused(RefusalCode.NOT_FOUND, () -> OwnClient.open(homes.resolve("phone")));
  }

  @Test
  void aChangedCodeTakesThePlaceOfTheOneBefore() {
    Address alice = fresh("alice");
    RecoveryCode other = RecoveryCode.generate(OwnClient.RANDOM);
    try (KeypostClient laptop = enrol(alice)) {
      laptop.keys().changeCode(CODE, other);
      assertRefused(RefusalCode.SECRET_KEY_UNUSABLE, () -> laptop.keys().rotate(CODE));
      laptop.keys().rotate(other);
    }
  }

  @Test
  void noFileOfADeviceHoldsThePrimaryKeyByKpKey23() throws IOException {
    Address alice = fresh("alice");
    try (KeypostClient laptop = enrol(alice)) {
      assertThat(laptop.deviceKey().getClass()).isEqualTo(DeviceKey.class);
    }
    assertThat(homes.resolve("laptop").resolve("secret.pgp")).doesNotExist();
    byte[] file = Files.readAllBytes(homes.resolve("laptop").resolve("device.key"));
    assertThat(file).startsWith('K', 'P', 'D', 1);
  }

  private KeypostClient enrol(Address address) {
    return OwnClient.device(homes.resolve("laptop"), "laptop").enrol(address, code(address), CODE);
  }

  private static void assertRefused(RefusalCode code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  /** A message that somebody sealed to a certificate. */
  private record Sealed(SignedEnvelope signed, Bytes payload, UserCertificate sender) {
    static Sealed to(UserCertificate recipient, DeviceKey sender) throws IOException {
      Instant now = Instant.now();
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      SignedEnvelope signed =
          new MessageSealer(OwnClient.RANDOM)
              .seal(
                  Bytes.utf8("for alice").asInputStream(),
                  new SealingRequest(
                      MessageId.random(OwnClient.RANDOM),
                      sender,
                      List.of(new SealingRequest.Recipient(recipient.address(), recipient)),
                      now,
                      now.plusSeconds(600)),
                  payload)
              .envelopes()
              .getFirst();
      return new Sealed(signed, Bytes.copyOf(payload.toByteArray()), sender.certificate());
    }

    String readBy(DeviceKey reader) throws IOException {
      return new String(
          new MessageOpener(reader)
              .open(payload.asInputStream(), signed, sender, Instant.now(), Spool.inMemory(1000))
              .content()
              .toByteArray(),
          StandardCharsets.UTF_8);
    }
  }
}
