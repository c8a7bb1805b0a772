package io.keypost.protocol.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.EncryptionSecret;
import io.keypost.protocol.openpgp.RevocationReason;
import io.keypost.protocol.openpgp.UserKeyring;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is sealed under the recovery code and on devices: KP-KEY-20 to KP-KEY-25. */
class KeyringTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final UserSecretKey KEYS = UserSecretKey.generate(ALICE, NOW, RANDOM);
  private static final RecoveryCode CODE = RecoveryCode.generate(RANDOM);
  private static final SealedSecrets BLOB = Keyring.seal(KEYS.keyring(), 7, CODE, RANDOM);

  @Test
  void isOpenedByItsCodeAndHoldsAllButADevicesSigningKeyByKpKey21() {
    UserKeyring opened = Keyring.open(reread(BLOB), ALICE, CODE);

    assertThat(opened.certificate()).isEqualTo(KEYS.certificate());
    assertThat(opened.encode()).isEqualTo(KEYS.keyring().encode());
    UserSecretKey again = opened.withNewDevice(NOW.plusSeconds(5), RANDOM);
    again.certificate().requireSuccessorOf(KEYS.certificate());
    assertThat(again.certificate().signingSubkeys(NOW.plusSeconds(6))).hasSize(2);
  }

  @Test
  void isOpenedByNoOtherCodeAndForNoOtherAddress() {
    assertUnusable(() -> Keyring.open(BLOB, ALICE, RecoveryCode.generate(RANDOM)));
    assertUnusable(() -> Keyring.open(BLOB, Address.parse("alicf@alpha.test"), CODE));
  }

  @Test
  void theHeaderTellsItsVersionAndIsCoveredByTheTag() {
    assertThat(reread(BLOB).version()).isEqualTo(7);
    byte[] octets = BLOB.encoded().toByteArray();
    octets[11] = 8;
    SealedSecrets renamed = SealedSecrets.decode(Bytes.copyOf(octets), SealedSecrets.Kind.KEYRING);
    assertThat(renamed.version()).isEqualTo(8);
    assertUnusable(() -> Keyring.open(renamed, ALICE, CODE));
  }

  @Test
  void whatIsDamagedTruncatedTooLargeOrOfAnotherKindIsRefused() {
    // Few: each one that is damaged after its header costs the derivation of a key.
    SeededRandom.forSeeds(
        8,
        random -> {
          Bytes damaged = Bytes.copyOf(SeededRandom.mutate(random, BLOB.encoded().toByteArray()));
          if (!damaged.equals(BLOB.encoded())) {
            assertUnusable(
                () ->
                    Keyring.open(
                        SealedSecrets.decode(damaged, SealedSecrets.Kind.KEYRING), ALICE, CODE));
          }
        });
    for (Bytes wrong :
        List.of(
            Bytes.empty(),
            BLOB.encoded().slice(0, 43),
            Bytes.copyOf(new byte[SealedSecrets.MAX_SIZE_OCTETS + 1]),
            Bytes.concat(Bytes.parseHex("4b505202"), BLOB.encoded().slice(4, 200)))) {
      assertUnusable(() -> SealedSecrets.decode(wrong, SealedSecrets.Kind.KEYRING));
    }
    assertUnusable(() -> SealedSecrets.decode(BLOB.encoded(), SealedSecrets.Kind.DEVICE));
  }

  @Test
  void aVersionOutOfBoundsIsRefused() {
    for (String version : List.of("0000000000000000", "0020000000000000", "ffffffffffffffff")) {
      Bytes encoded =
          Bytes.concat(
              BLOB.encoded().slice(0, 4),
              Bytes.parseHex(version),
              BLOB.encoded().slice(12, BLOB.encoded().size()));
      assertUnusable(() -> SealedSecrets.decode(encoded, SealedSecrets.Kind.KEYRING));
    }
  }

  @Test
  void twoSealingsOfTheSameShareNothing() {
    SealedSecrets other = Keyring.seal(KEYS.keyring(), 7, CODE, RANDOM);
    assertThat(other.encoded().slice(12, 28)).isNotEqualTo(BLOB.encoded().slice(12, 28));
    assertThat(other.encoded().slice(28, 60)).isNotEqualTo(BLOB.encoded().slice(28, 60));
  }

  @Test
  void theLoginKeyFollowsFromCodeAndAddressAloneByKpKey25() {
    var login = Keyring.login(CODE, ALICE);
    assertThat(P256.matches(login.getPrivate(), login.getPublic())).isTrue();
    assertThat(Keyring.login(RecoveryCode.parse(String.join(" ", CODE.words())), ALICE).getPublic())
        .isEqualTo(login.getPublic());
    assertThat(Keyring.login(CODE, Address.parse("bob@alpha.test")).getPublic())
        .isNotEqualTo(login.getPublic());
    assertThat(Keyring.login(RecoveryCode.generate(RANDOM), ALICE).getPublic())
        .isNotEqualTo(login.getPublic());
  }

  @Test
  void aDeviceKeepsNoPrimarySecretByKpKey23() {
    Bytes primary = wireField(KEYS.keyring().encode(), 2);
    assertThat(primary.size()).isEqualTo(32);
    DeviceSecrets device = device(KEYS, "laptop");

    assertThat(device.key()).isNotInstanceOf(UserSecretKey.class);
    assertThat(device.key().encode().hex()).doesNotContain(primary.hex());
    Bytes file = device.protect("correct horse".toCharArray(), RANDOM);
    DeviceSecrets read = DeviceSecrets.unprotect(file, ALICE, "correct horse".toCharArray());
    assertThat(read.key().encode()).isEqualTo(device.key().encode());
    assertThat(read.statement()).isEqualTo(device.statement());
    assertThat(read.transfer().shared()).isEqualTo(device.transfer().shared());
    assertUnusable(() -> DeviceSecrets.unprotect(file, ALICE, "correct house".toCharArray()));
    assertUnusable(
        () ->
            DeviceSecrets.unprotect(
                file, Address.parse("bob@alpha.test"), "correct horse".toCharArray()));
  }

  /** Octets of a length-delimited field below number 16, whose tag and size come first. */
  private static Bytes wireField(Bytes encoded, int number) {
    int at = 0;
    while (true) {
      int tag = encoded.at(at++) & 0xff;
      int size = 0;
      for (int shift = 0; ; shift += 7) {
        int octet = encoded.at(at++) & 0xff;
        size |= (octet & 0x7f) << shift;
        if (octet < 0x80) {
          break;
        }
      }
      if (tag >> 3 == number) {
        return encoded.slice(at, at + size);
      }
      at += size;
    }
  }

  @Test
  void contentThatIsNotStrictOrOfAnotherKeyIsRefused() {
    Bytes content = KEYS.keyring().encode();
    Bytes other = UserSecretKey.generate(ALICE, NOW, RANDOM).keyring().encode();
    Bytes foreignPrimary =
        Bytes.parseHex(
            content.hex().replace(wireField(content, 2).hex(), wireField(other, 2).hex()));
    Bytes foreignEncryption =
        Bytes.parseHex(
            content.hex().replace(wireField(content, 3).hex(), wireField(other, 3).hex()));

    for (Bytes wrong :
        List.of(
            foreignPrimary,
            foreignEncryption,
            Bytes.empty(),
            content.slice(0, content.size() - 34),
            Bytes.concat(content, Bytes.parseHex("2000")))) {
      assertUnusable(() -> UserKeyring.decode(wrong));
    }
  }

  @Test
  void aDevicesStatementIsThePrimaryKeysByKpKey20() {
    DeviceStatement statement = device(KEYS, "Alices Laptop").statement();

    DeviceStatement read = DeviceStatement.parse(statement.text());

    assertThat(read).isEqualTo(statement);
    read.requireGood(KEYS.certificate(), NOW.plusSeconds(1));
    UserSecretKey mallory = UserSecretKey.generate(ALICE, NOW, RANDOM);
    DeviceStatement forged = device(mallory, "Alices Laptop").statement();
    assertRefused(
        RefusalCode.STATEMENT_INVALID,
        () -> forged.requireGood(KEYS.certificate(), NOW.plusSeconds(1)));
    DeviceStatement mixed =
        new DeviceStatement(
            statement.address(),
            statement.added(),
            statement.name(),
            statement.signingKey(),
            statement.loginKey(),
            statement.transferKey(),
            statement.encoded(),
            forged.signature());
    assertRefused(
        RefusalCode.STATEMENT_INVALID,
        () -> mixed.requireGood(KEYS.certificate(), NOW.plusSeconds(1)));
  }

  @Test
  void aRemovedDevicesStatementIsNotGoodAnyMore() {
    DeviceStatement statement = device(KEYS, "laptop").statement();
    UserSecretKey removed = KEYS.revokeSigningSubkey(RevocationReason.RETIRED, NOW.plusSeconds(10));
    assertRefused(
        RefusalCode.STATEMENT_INVALID,
        () -> statement.requireGood(removed.certificate(), NOW.plusSeconds(11)));
  }

  @Test
  void statementsThatAreNotStrictAreRefused() {
    DeviceStatement statement = device(KEYS, "laptop").statement();
    String signature = "." + statement.signature().base64Url();
    for (String text :
        List.of(
            "",
            ".",
            statement.encoded().base64Url(),
            Bytes.concat(statement.encoded(), Bytes.parseHex("3800")).base64Url() + signature,
            statement.encoded().slice(0, statement.encoded().size() - 34).base64Url() + signature,
            "A".repeat(3000) + signature)) {
      assertRefused(RefusalCode.STATEMENT_INVALID, () -> DeviceStatement.parse(text));
    }
    for (String name : List.of("", " laptop", "lap\ntop", "x".repeat(65))) {
      assertRefused(RefusalCode.STATEMENT_INVALID, () -> device(KEYS, name));
    }
  }

  @Test
  void aNewEncryptionSecretReachesTheOtherDeviceByKpKey24() {
    UserSecretKey second = KEYS.keyring().withNewDevice(NOW.plusSeconds(1), RANDOM);
    DeviceSecrets phone = device(second, "phone");
    UserSecretKey rotated =
        second
            .keyring()
            .withDevice(KEYS.device())
            .rotateEncryptionSubkey(NOW.plusSeconds(10), RANDOM);
    DeviceKey before = phone.key();
    assertThat(before.lackingFor(rotated.certificate())).hasSize(1);

    Parcel parcel = Parcel.seal(rotated, phone.statement(), RANDOM);
    EncryptionSecret secret =
        new Parcel(parcel.key(), parcel.sealed())
            .open(phone.transfer(), phone.statement(), rotated.certificate());
    DeviceKey after = before.update(rotated.certificate(), List.of(secret));

    assertThat(parcel.sealed().size()).isEqualTo(Parcel.SIZE_OCTETS);
    assertThat(after.lackingFor(rotated.certificate())).isEmpty();
    assertThat(DeviceKey.decode(after.encode()).encode()).isEqualTo(after.encode());
    assertThat(after.signingFingerprint()).isEqualTo(before.signingFingerprint());
  }

  @Test
  void aParcelForAnotherDeviceAlteredOrOfAnotherKeyIsRefused() {
    UserSecretKey second = KEYS.keyring().withNewDevice(NOW.plusSeconds(1), RANDOM);
    DeviceSecrets phone = device(second, "phone");
    DeviceSecrets laptop = device(KEYS, "laptop");
    UserSecretKey rotated = second.rotateEncryptionSubkey(NOW.plusSeconds(10), RANDOM);
    Parcel parcel = Parcel.seal(rotated, phone.statement(), RANDOM);

    assertUnusable(() -> parcel.open(laptop.transfer(), laptop.statement(), rotated.certificate()));
    assertUnusable(() -> parcel.open(phone.transfer(), laptop.statement(), rotated.certificate()));
    assertUnusable(() -> parcel.open(phone.transfer(), phone.statement(), KEYS.certificate()));
    byte[] altered = parcel.sealed().toByteArray();
    altered[40] ^= 1;
    assertUnusable(
        () ->
            new Parcel(parcel.key(), Bytes.copyOf(altered))
                .open(phone.transfer(), phone.statement(), rotated.certificate()));
    // What the server could make up by itself: a parcel that opens, of a key that nobody certified.
    UserSecretKey mallory =
        UserSecretKey.generate(ALICE, NOW, RANDOM).rotateEncryptionSubkey(NOW, RANDOM);
    Parcel forged = Parcel.seal(mallory, phone.statement(), RANDOM);
    assertUnusable(() -> forged.open(phone.transfer(), phone.statement(), rotated.certificate()));
    assertRefused(
        RefusalCode.MALFORMED_REQUEST, () -> new Parcel(parcel.key(), Bytes.copyOf(new byte[79])));
  }

  @Test
  void aKeyringTakesNoForeignDeviceAndADeviceNoForeignCertificate() {
    UserSecretKey mallory = UserSecretKey.generate(ALICE, NOW, RANDOM);
    assertUnusable(() -> KEYS.keyring().withDevice(mallory.device()));
    assertRefused(
        RefusalCode.USER_CERTIFICATE_INVALID,
        () -> KEYS.device().update(mallory.certificate(), List.of()));
  }

  @Test
  void aDeviceWhoseSubkeyIsRevokedKnowsIt() {
    UserSecretKey removed = KEYS.revokeSigningSubkey(RevocationReason.RETIRED, NOW.plusSeconds(10));
    DeviceKey told = KEYS.device().update(removed.certificate(), List.of());
    assertThat(KEYS.device().maySign(NOW.plusSeconds(11))).isTrue();
    assertThat(told.maySign(NOW.plusSeconds(11))).isFalse();
  }

  @Test
  void nothingShowsItsSecrets() {
    DeviceSecrets device = device(KEYS, "laptop");
    assertThat(device.key()).hasToString(KEYS.device().toString()).asString().contains("alice");
    assertThat(KEYS.keyring().toString()).startsWith("UserKeyring[alice@alpha.test ");
    assertThat(KEYS.newestEncryptionSecret()).hasToString("EncryptionSecret[secret]");
    assertThat(device.transfer().toString()).doesNotContain(device.transfer().secret().hex());
  }

  private static DeviceSecrets device(UserSecretKey keys, String name) {
    TransferKey transfer = TransferKey.generate(RANDOM);
    DeviceStatement statement =
        DeviceStatement.sign(
            keys,
            new DeviceStatement.Facts(
                name, Digest.sha256(Bytes.utf8("login of " + name)), transfer.shared()),
            NOW.plusSeconds(1));
    return new DeviceSecrets(keys.device(), transfer, statement);
  }

  private static SealedSecrets reread(SealedSecrets sealed) {
    return SealedSecrets.decode(sealed.encoded(), SealedSecrets.Kind.KEYRING);
  }

  private static void assertUnusable(ThrowingCallable action) {
    assertRefused(RefusalCode.SECRET_KEY_UNUSABLE, action);
  }

  private static void assertRefused(RefusalCode code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
