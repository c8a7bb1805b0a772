package io.keypost.client.root;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.root.RootRotation.Announcement;
import io.keypost.client.root.RootRotation.Haste;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root is exchanged through an announcement: KP-REC-9, KP-PIN-10. */
class RootRotationTest {
  private static final MailDomain ALPHA = MailDomain.parse("alpha.test");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final RootLock OLD = RootLock.passphrase("old horse".toCharArray());
  private static final RootLock NEW = RootLock.passphrase("new horse".toCharArray());

  @TempDir private Path directory;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T07:00:00Z"));
  private final InstantSource clock = now::get;

  @Test
  void theOldRootAnnouncesTheNextOneAndChangesNothingElseByKpRec9() {
    RootCeremony.Root old = withCa();
    RootStatement before = lastStatement(old);

    Announcement announced = rotation().announce(OLD, NEW);

    RootStatement statement = statement(announced.authority());
    assertThat(announced.authority().rootKey()).isEqualTo(old.key());
    assertThat(statement.gen()).isEqualTo(2);
    assertThat(statement.nextRoot()).isEqualTo(announced.nextRoot()).isNotEqualTo(old.key());
    assertThat(statement.operationalCas()).isEqualTo(before.operationalCas());
    assertThat(announced.changeFrom()).isEqualTo(now.get().plus(Duration.ofDays(7)));
    assertThat(ceremony().show().announced().orElseThrow().key()).isEqualTo(announced.nextRoot());
    assertRefused(RefusalCode.CONFLICT, () -> rotation().announce(OLD, NEW));
  }

  @Test
  void aCaThatIsRenewedMeanwhileKeepsTheAnnouncement() {
    withCa();
    Announcement announced = rotation().announce(OLD, NEW);

    Authority renewed = ceremony().sign(request(), OLD, CaHandover.KEEP_OTHERS);

    assertThat(statement(renewed).nextRoot()).isEqualTo(announced.nextRoot());
  }

  @Test
  void theNextRootTakesOverAfterAWeekAndGoesOnCounting() {
    RootCeremony.Root old = withCa();
    Announcement announced = rotation().announce(OLD, NEW);
    now.set(announced.changeFrom().minusSeconds(1));
    assertRefused(RefusalCode.CONFLICT, () -> rotation().change(request(), NEW, Haste.NONE));
    now.set(announced.changeFrom());

    Authority changed = rotation().change(request(), NEW, Haste.NONE);

    assertThat(changed.rootKey()).isEqualTo(announced.nextRoot());
    assertThat(statement(changed).gen()).isEqualTo(3);
    assertThat(statement(changed).nextRoot()).isNull();
    assertThat(statement(changed).operationalCas())
        .containsExactly(
            CertificateDigests.certificate(CertificateCodec.fromPem(changed.caCertificate())));
    RootCeremony.Root shown = ceremony().show();
    assertThat(shown.key()).isEqualTo(announced.nextRoot());
    assertThat(shown.gen()).isEqualTo(3);
    assertThat(shown.announced()).isEmpty();
    assertThat(
            CertificateDigests.spki(
                CertificateCodec.fromPem(
                    PrivateFiles.text(root().resolve("retired-2").resolve("root.pem")))))
        .isEqualTo(old.key());
    // The new one signs from now on, and the old passphrase opens nothing.
    assertThat(statement(ceremony().sign(request(), NEW, CaHandover.KEEP_OTHERS)).gen())
        .isEqualTo(4);
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        () -> ceremony().sign(request(), OLD, CaHandover.KEEP_OTHERS));
  }

  @Test
  void aStolenRootIsLeftAtOnce() {
    withCa();
    Announcement announced = rotation().announce(OLD, NEW);

    assertThat(rotation().change(request(), NEW, Haste.AT_ONCE).rootKey())
        .isEqualTo(announced.nextRoot());
  }

  @Test
  void anInterruptedChangeIsFinishedByWhoeverLooksNext() {
    withCa();
    Announcement announced = rotation().announce(OLD, NEW);
    // As if the machine had stopped when the next root had signed and one file was moved.
    PrivateFiles.write(root().resolve("next").resolve("changed"), "2");
    PrivateFiles.createDirectory(root().resolve("retired-2"));
    PrivateFiles.move(root().resolve("root.key"), root().resolve("retired-2").resolve("root.key"));

    assertThat(ceremony().show().key()).isEqualTo(announced.nextRoot());

    assertThat(root().resolve("next")).doesNotExist();
    assertThat(root().resolve("retired-2").resolve("root.pem")).exists();
    assertThat(Files.exists(root().resolve("root.key"))).isTrue();
    assertThat(statement(ceremony().sign(request(), NEW, CaHandover.KEEP_OTHERS)).gen())
        .isPositive();
  }

  @Test
  void nothingIsAnnouncedBeforeThereIsACaNorChangedBeforeAnythingIsAnnounced() {
    ceremony().create(ALPHA, OLD);
    assertRefused(RefusalCode.CONFLICT, () -> rotation().announce(OLD, NEW));
    assertRefused(RefusalCode.CONFLICT, () -> rotation().change(request(), NEW, Haste.AT_ONCE));
  }

  @Test
  void aProvidersRootsAreKeptUnderAKeyOfTheirOwn() {
    RootLock kek = lock(1);
    ceremony().create(ALPHA, kek);

    assertThat(statement(ceremony().sign(request(), kek, CaHandover.ONLY_THIS)).gen()).isEqualTo(1);
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        () -> ceremony().sign(request(), lock(2), CaHandover.ONLY_THIS));
  }

  private static RootLock lock(int octet) {
    byte[] key = new byte[32];
    key[0] = (byte) octet;
    return RootLock.key(KeyEncryptionKey.parseBase64(Base64.getEncoder().encodeToString(key)));
  }

  private RootCeremony.Root withCa() {
    ceremony().create(ALPHA, OLD);
    ceremony().sign(request(), OLD, CaHandover.ONLY_THIS);
    return ceremony().show();
  }

  private RootStatement lastStatement(RootCeremony.Root root) {
    return RecordVerifier.verifyStatement(
            PrivateFiles.text(root().resolve("statement-" + root.gen() + ".jws")),
            root.certificate(),
            root.key(),
            ALPHA,
            now.get())
        .record();
  }

  private RootStatement statement(Authority authority) {
    return RecordVerifier.verifyStatement(
            authority.rootStatement(),
            CertificateCodec.fromPem(authority.rootCertificate()),
            authority.rootKey(),
            ALPHA,
            now.get())
        .record();
  }

  private static String request() {
    return CertificateRequest.make(
            ALPHA, CertificateUse.OPERATIONAL_CA, P256.generate(RANDOM), RANDOM)
        .toPem();
  }

  private Path root() {
    return directory.resolve("root");
  }

  private RootCeremony ceremony() {
    return new RootCeremony(root(), clock, RANDOM);
  }

  private RootRotation rotation() {
    return new RootRotation(root(), clock, RANDOM);
  }

  private static void assertRefused(RefusalCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
