package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.AddressView;
import io.keypost.directory.DomainView;
import io.keypost.directory.Resolution;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.pin.InProcessPinMemory;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.dns.ZoneSecurity;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From DNS to verified records, over real signed zones and real TLS. */
class DirectoryClientTest extends OverRealZones {
  private final ConcurrentLinkedQueue<ResolutionStep> steps = new ConcurrentLinkedQueue<>();
  private DirectoryClient directory;

  @BeforeEach
  void open() {
    directory = directory(local());
  }

  private DirectoryClient directory(AllowedTargets targets) {
    return closing(builder(targets).build());
  }

  private DirectoryBuilder builder(AllowedTargets targets) {
    return builder(settings(targets)).trace(steps::add);
  }

  @Test
  void findsAMailboxFromDnsToTheUsersKey() {
    UserSecretKey bob = beta.user("bob");

    AddressView view = await(directory.address(bob.address()));

    assertThat(view.certificate()).contains(bob.certificate());
    assertThat(view.domain().security()).isEqualTo(DnsSecurity.SECURE);
    assertThat(view.domain().verified().rootCertificate()).isEqualTo(beta.root());
    assertThat(steps.stream().map(step -> step.getClass().getSimpleName()))
        .containsExactly(
            "PinFound",
            "PinRecalled",
            "KeyServerAnswered",
            "KeyServerAnswered",
            "DomainVerified",
            "KeyServerAnswered",
            "AddressVerified");
  }

  @Test
  void aRenewedIdentityIsShownThoughAConnectionIsOpen() {
    List<Digest> shown = Collections.synchronizedList(new ArrayList<>());
    alphaServer.misbehave(
        request -> {
          TestKeyServer.peerOf(request).ifPresent(shown::add);
          return false;
        });
    PeerRequest request = PeerRequest.get("/v1/operators/alpha.test/servers");
    await(directory.askKeyServer(alpha.domain(), request));
    Digest first = CertificateDigests.certificate(identity.chain().getFirst());
    assertThat(shown).isNotEmpty().containsOnly(first);

    identity = alpha.listedServer("mx.alpha.test");
    shown.clear();
    await(directory.askKeyServer(alpha.domain(), request));

    assertThat(shown)
        .containsExactly(CertificateDigests.certificate(identity.chain().getFirst()))
        .doesNotContain(first);
  }

  @Test
  void anUnknownAddressIsASignedAnswerByKpRec10() {
    AddressView view = await(directory.address(beta.address("nobody")));

    assertThat(view.record().content()).isEqualTo(new AddressRecord.Unknown());
  }

  @Test
  void aTaggedAddressIsTheMailboxWithoutTheTagByKpAdr4() {
    UserSecretKey bob = beta.user("bob");

    AddressView view = await(directory.address(beta.address("bob+news")));

    assertThat(view.record().address()).isEqualTo(bob.address());
  }

  @Test
  void followsAnAliasIntoAnotherDomainWithTheTargetsConsentByKpRec11() {
    UserSecretKey bob = beta.user("bob");
    alpha.alias("info", bob, beta);

    Resolution resolution = await(directory.resolve(alpha.address("info")));

    assertThat(resolution.target().record().address()).isEqualTo(bob.address());
    assertThat(resolution.pointers()).hasSize(1);
    assertThat(resolution.pointers().getFirst().consent().record().target())
        .isEqualTo(bob.address());
  }

  @Test
  void followsAnAliasWhoseTargetPointsElsewhereItselfByKpRec11() {
    UserSecretKey bob = beta.user("bob");
    UserSecretKey carol = beta.user("carol");
    alpha.alias("info", bob, beta);
    beta.alias("bob", carol, beta);

    Resolution resolution = await(directory.resolve(alpha.address("info")));

    assertThat(resolution.target().record().address()).isEqualTo(carol.address());
    assertThat(resolution.pointers()).hasSize(2);
  }

  @Test
  void refusesAConsentOfATargetThatPointsElsewhereByAnotherKeyOrWithoutOneByKpRec11() {
    UserSecretKey bob = beta.user("bob");
    UserSecretKey carol = beta.user("carol");
    UserSecretKey mallory = UserSecretKey.generate(bob.address(), clock.instant(), RANDOM);
    Address info = alpha.address("info");
    alpha.pointAt(info, bob.address(), beta.consent(info, mallory));
    beta.alias("bob", carol, beta);
    Address keyless = beta.address("keyless");
    UserSecretKey nobody = UserSecretKey.generate(keyless, clock.instant(), RANDOM);
    Address sales = alpha.address("sales");
    alpha.pointAt(sales, keyless, beta.consent(sales, nobody));
    beta.alias("keyless", carol, beta);

    assertRefused(RefusalCode.CONSENT_INVALID, () -> await(directory.resolve(info)));
    assertRefused(RefusalCode.CONSENT_INVALID, () -> await(directory.resolve(sales)));
  }

  @Test
  void refusesAnAliasThatItsTargetDidNotConsentToByKpRec11() {
    UserSecretKey bob = beta.user("bob");
    UserSecretKey mallory = UserSecretKey.generate(bob.address(), clock.instant(), RANDOM);
    Address info = alpha.address("info");
    alpha.pointAt(info, bob.address(), beta.consent(info, mallory));
    assertRefused(RefusalCode.CONSENT_INVALID, () -> await(directory.resolve(info)));
  }

  @Test
  void refusesAConsentThatWasGivenToAnotherAlias() {
    UserSecretKey bob = beta.user("bob");
    Address sales = alpha.address("sales");
    alpha.pointAt(sales, bob.address(), beta.consent(alpha.address("info"), bob));

    assertRefused(RefusalCode.RECORD_MALFORMED, () -> await(directory.resolve(sales)));
  }

  @Test
  @DisplayName("T10: pointers that lead in a circle through two domains")
  void refusesPointersThatLeadInACircleByKpKsv4() {
    alpha.pointAt(alpha.address("a"), beta.address("b"), "none");
    beta.pointAt(beta.address("b"), alpha.address("c"), "none");
    alpha.pointAt(alpha.address("c"), alpha.address("a"), "none");

    assertRefused(RefusalCode.ALIAS_LOOP, () -> await(directory.resolve(alpha.address("a"))));
  }

  @Test
  void refusesAFourthPointerByKpKsv4() {
    alpha.pointAt(alpha.address("a1"), alpha.address("a2"), "none");
    alpha.pointAt(alpha.address("a2"), alpha.address("a3"), "none");
    alpha.pointAt(alpha.address("a3"), alpha.address("a4"), "none");
    alpha.pointAt(alpha.address("a4"), alpha.address("a5"), "none");
    alpha.user("a5");

    assertRefused(RefusalCode.ALIAS_LOOP, () -> await(directory.resolve(alpha.address("a1"))));
  }

  @Test
  void manyLookUpsAtOnceAreOneRequestEachByKpKsv2() {
    List<CompletableFuture<AddressView>> lookups = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      lookups.add(directory.address(beta.address("user" + i % 150)).toCompletableFuture());
    }

    lookups.forEach(DirectoryClientTest::await);

    assertThat(betaServer.requests())
        .filteredOn(r -> r.startsWith("GET"))
        .containsExactlyInAnyOrder(
            "GET /v1/domains/beta.test", "GET /v1/domains/beta.test/revocations");
    assertThat(betaServer.requests()).filteredOn(r -> r.startsWith("POST")).hasSizeBetween(2, 10);
  }

  @Test
  void anInsecurePinIsNotAcceptedAtFirstSightByKpPin7AndKpPin9() {
    zones.zone("beta.test", ZoneSecurity.UNSIGNED);
    betaServer.publish(zones);

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(directory.domain(beta.domain())));
    assertThat(betaServer.requests()).isEmpty();
  }

  @Test
  void aPinThatIsRememberedMayBecomeInsecure() {
    await(directory.domain(beta.domain()));
    zones.zone("beta.test", ZoneSecurity.UNSIGNED);
    betaServer.publish(zones);
    clock.pass(Duration.ofMinutes(2));

    DomainView view = await(directory.domainFetchedSince(beta.domain(), clock.instant()));

    assertThat(view.security()).isEqualTo(DnsSecurity.INSECURE);
  }

  @ParameterizedTest
  @CsvSource({"BOGUS", "EXPIRED"})
  void aBogusAnswerIsATemporaryRefusalOfItsOwnByKpPin8(ZoneSecurity security) {
    zones.zone("beta.test", security);
    betaServer.publish(zones);

    assertRefused(RefusalCode.DNS_BOGUS, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void severalPinsAreNoneByKpPin5() {
    Pin pin = beta.pin(List.of(betaServer.name()));
    zones.put(
        "_keypost.beta.test. 5 IN TXT \"" + pin.toTxt() + "\"",
        "_keypost.beta.test. 5 IN TXT \"" + alpha.pin(List.of(betaServer.name())).toTxt() + "\"");

    assertRefused(RefusalCode.PIN_MISSING, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void aDomainWithoutPinIsRefusedForNowByKpPin9() {
    zones.zone("gamma.test", ZoneSecurity.SIGNED);

    assertRefused(
        RefusalCode.PIN_MISSING, () -> await(directory.address(Address.parse("carol@gamma.test"))));
  }

  @Test
  void aRootThatTheRememberedOneAnnouncedIsAcceptedByKpPin10() {
    await(directory.domain(beta.domain()));
    KeyPair next = beta.announceNextRoot();
    beta.rotateRoot(next);
    TestKeyServer moved = keyServer(beta);
    clock.pass(Duration.ofMinutes(2));

    DomainView view = await(directory.domainFetchedSince(beta.domain(), clock.instant()));

    assertThat(view.pin().root()).isEqualTo(beta.rootDigest());
    assertThat(moved.requests()).isNotEmpty();
  }

  @Test
  void aRootThatNobodyAnnouncedBreaksContinuityHoweverSecureByKpPin10() {
    await(directory.domain(beta.domain()));
    beta.replaceRoot();
    keyServer(beta);
    clock.pass(Duration.ofMinutes(2));

    assertRefused(
        RefusalCode.CONTINUITY_BROKEN,
        () -> await(directory.domainFetchedSince(beta.domain(), clock.instant())));
  }

  @Test
  void aRecordOfTheOldRootIsNoLongerFollowedAfterARotation() {
    Pin old = beta.pin(List.of(betaServer.name()));
    beta.rotateRoot(beta.announceNextRoot());
    keyServer(beta);
    await(directory.domain(beta.domain()));
    TestKeyServer.publish(zones, old);
    clock.pass(Duration.ofMinutes(2));

    assertThatThrownBy(() -> await(directory.domainFetchedSince(beta.domain(), clock.instant())))
        .isInstanceOf(RefusedException.class);
    assertThat(await(directory.domain(beta.domain())).pin().root()).isEqualTo(beta.rootDigest());
  }

  @Test
  void anOlderRecordNeverReplacesANewerOneByKpRec6() {
    beta.renewSigning();
    beta.renewSigning();
    DomainView newer = await(directory.domain(beta.domain()));
    long seq = beta.seq();
    beta.rollBackTo(beta.gen(), 1);
    clock.pass(Duration.ofMinutes(2));

    assertRefused(
        RefusalCode.RECORD_ROLLED_BACK,
        () -> await(directory.domainFetchedSince(beta.domain(), clock.instant())));
    assertThat(await(directory.domain(beta.domain()))).isEqualTo(newer);
    assertThat(newer.record().seq()).isEqualTo(seq);
  }

  @Test
  void anOlderRootStatementIsRefusedEvenWhenTheCacheForgotByKpPin11() {
    beta.raiseGen();
    betaServer.publish(zones);
    AtomicReference<RememberedPin> remembered = new AtomicReference<>();
    var memory = new InProcessPinMemory();
    DirectoryClient first = closing(builder(local()).pins(memory).build());
    await(first.domain(beta.domain()));
    remembered.set(await(memory.recall(beta.domain())).orElseThrow());
    beta.rollBackTo(1, 1);
    betaServer.publish(zones);
    DirectoryClient second = closing(builder(local()).pins(memory).build());

    assertRefused(RefusalCode.RECORD_ROLLED_BACK, () -> await(second.domain(beta.domain())));
    assertThat(await(memory.recall(beta.domain()))).contains(remembered.get());
  }

  @Test
  void aPinAheadOfEveryStatementIsTemporaryAndNotRememberedByKpPin11() {
    Pin pin = beta.pin(List.of(betaServer.name()));
    TestKeyServer.publish(
        zones, new Pin(pin.domain(), 9, pin.root(), pin.keyServers(), pin.operator(), pin.max()));
    assertRefused(RefusalCode.PIN_AHEAD, () -> await(directory.domain(beta.domain())));

    betaServer.publish(zones);
    clock.pass(Duration.ofMinutes(2));
    assertThat(await(directory.domain(beta.domain())).pin().gen()).isEqualTo(1);
  }

  @Test
  void aFailedFetchNeverEvictsAGoodRecordBeforeItsEndByKpRec8() {
    UserSecretKey bob = beta.user("bob");
    AddressView good = await(directory.address(bob.address()));
    betaServer.misbehave(
        request -> {
          TestKeyServer.problem(request, 503, "busy");
          return true;
        });
    clock.pass(Duration.ofHours(12));

    assertThat(await(directory.address(bob.address()))).isEqualTo(good);

    clock.pass(Duration.ofHours(13));
    assertRefused(RefusalCode.RECORD_EXPIRED, () -> await(directory.address(bob.address())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "{\"answers\":[]}", "{\"record\":\"a.b.c\"}", "[]"})
  void aGarbageAnswerIsRefusedAndReplacesNothingByKpRec8(String body) {
    UserSecretKey bob = beta.user("bob");
    AddressView good = await(directory.address(bob.address()));
    betaServer.misbehave(
        request -> {
          request.response().end(body).onFailure(gone -> {});
          return true;
        });
    clock.pass(Duration.ofMinutes(10));

    assertThat(await(directory.address(bob.address()))).isEqualTo(good);
    assertThatThrownBy(() -> await(directory.addressFetchedSince(bob.address(), clock.instant())))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void anAnswerWithoutEndIsCutOffByKpRec8() {
    betaServer.misbehave(
        request -> {
          request.response().setChunked(true);
          vertx.setPeriodic(
              1,
              timer ->
                  request
                      .response()
                      .write(io.vertx.core.buffer.Buffer.buffer(new byte[64 * 1024]))
                      .onFailure(gone -> vertx.cancelTimer(timer)));
          return true;
        });

    assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void aKeyServerThatNeverAnswersIsGivenUp() {
    betaServer.misbehave(request -> true);
    UserSecretKey alice = alpha.user("alice");

    CompletionStage<DomainView> slow = directory.domain(beta.domain());
    assertThat(await(directory.address(alice.address())).certificate()).isPresent();
    assertThat(slow.toCompletableFuture()).isNotDone();

    assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(slow));
  }

  @Test
  void aRedirectIsNotFollowedByKpPin12() {
    betaServer.misbehave(
        request -> {
          request
              .response()
              .setStatusCode(302)
              .putHeader("location", "https://ks.alpha.test:" + alphaServer.port() + "/")
              .end()
              .onFailure(gone -> {});
          return true;
        });

    assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(directory.domain(beta.domain())));
    assertThat(alphaServer.requests()).isEmpty();
  }

  @Test
  void anotherKeyServerIsTriedWhenOneIsDead() {
    TestKeyServer second = closing(TestKeyServer.start(vertx, beta));
    zones.put("ks.beta.test. 5 IN A 127.0.0.1");
    int deadPort = freePort();
    TestKeyServer.publish(
        zones, beta.pin(List.of(new KeyServerName(second.name().host(), deadPort), second.name())));

    for (int i = 0; i < 4; i++) {
      clock.pass(Duration.ofMinutes(1));
      assertThat(await(directory.domainFetchedSince(beta.domain(), clock.instant()))).isNotNull();
    }
    assertThat(second.requests()).filteredOn(r -> r.equals("GET /v1/domains/beta.test")).hasSize(4);
  }

  @Test
  void loopbackIsNotConnectedToUnlessAllowedByKpPin12() {
    DirectoryClient strict =
        directory(AllowedTargets.parse(Optional.empty(), Optional.of("1-65535")));

    assertRefused(RefusalCode.TARGET_NOT_ALLOWED, () -> await(strict.domain(beta.domain())));
    assertThat(betaServer.requests()).isEmpty();
  }

  @Test
  void anotherPortIsNotConnectedToUnlessAllowedByKpPin12() {
    DirectoryClient strict =
        directory(AllowedTargets.parse(Optional.of(LOOPBACK), Optional.empty()));

    assertRefused(RefusalCode.TARGET_NOT_ALLOWED, () -> await(strict.domain(beta.domain())));
  }

  @Test
  void aKeyServerWithACertificateOfAnotherOperatorIsNotBelievedByKpCrt10() {
    ServerIdentity foreign =
        new TestDomain("beta.test", clock, RANDOM).unlistedServer("ks.beta.test");
    TestKeyServer impostor = closing(TestKeyServer.start(vertx, beta, foreign));
    TestKeyServer.publish(zones, beta.pin(List.of(impostor.name())));

    assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(directory.domain(beta.domain())));
    assertThat(impostor.requests()).isEmpty();
  }

  @Test
  void aDomainAtAnOperatorIsFoundAtTheOperatorsKeyServers() {
    zones.zone("hosted.test", ZoneSecurity.SIGNED);
    TestDomain hosted = new TestDomain("hosted.test", "beta.test", clock, RANDOM);
    betaServer.host(hosted);
    betaServer.publish(zones);
    UserSecretKey dora = hosted.user("dora");

    AddressView view = await(directory.address(dora.address()));

    assertThat(view.certificate()).contains(dora.certificate());
    assertThat(view.domain().pin().operator()).isEqualTo(beta.domain());
  }

  @Test
  void anOperatorThatNamesAnotherOperatorIsNotFollowed() {
    zones.zone("hosted.test", ZoneSecurity.SIGNED);
    zones.zone("middle.test", ZoneSecurity.SIGNED);
    TestDomain middle = new TestDomain("middle.test", "beta.test", clock, RANDOM);
    TestDomain hosted = new TestDomain("hosted.test", "middle.test", clock, RANDOM);
    betaServer.host(middle);
    betaServer.host(hosted);
    betaServer.publish(zones);

    assertThatThrownBy(() -> await(directory.address(hosted.address("dora"))))
        .isInstanceOf(RefusedException.class);
    assertThat(betaServer.requests()).noneMatch(r -> r.startsWith("POST"));
  }

  @Test
  void aNewSignerIsFoundByLookingAtTheDomainAnew() {
    UserSecretKey bob = beta.user("bob");
    await(directory.domain(beta.domain()));
    beta.renewSigning();
    clock.pass(Duration.ofSeconds(1));

    assertThat(await(directory.address(bob.address())).certificate()).isPresent();
  }

  @Test
  void aClientLooksUpThroughItsOwnProviderAndChecksThePinItselfByKpKsv3() {
    UserSecretKey bob = beta.user("bob");
    alpha.alias("info", bob, beta);
    alphaServer.host(beta);
    DirectoryClient client =
        closing(
            builder(local())
                .identity(Optional::empty)
                .viaOwnProvider(alpha.domain(), () -> CompletableFuture.completedFuture("token"))
                .build());

    Resolution resolution = await(client.resolve(alpha.address("info")));

    assertThat(resolution.target().record().address()).isEqualTo(bob.address());
    assertThat(betaServer.requests()).isEmpty();
    assertThat(alphaServer.requests()).contains("POST /v1/lookups");
  }

  @Test
  void aClientsOwnProviderCannotInventAForeignDomainByKpKsv3() {
    TestDomain fake = new TestDomain("beta.test", clock, RANDOM);
    UserSecretKey bob = fake.user("bob");
    alphaServer.host(fake);
    DirectoryClient client =
        closing(
            builder(local())
                .viaOwnProvider(alpha.domain(), () -> CompletableFuture.completedFuture("token"))
                .build());

    assertRefused(RefusalCode.RECORD_UNTRUSTED, () -> await(client.address(bob.address())));
  }

  @Test
  void aRecordIsNotAcceptedUnderAnotherRoot() {
    Pin pin = beta.pin(List.of(betaServer.name()));
    Digest other = Digest.sha256(Bytes.utf8("another root"));
    TestKeyServer.publish(
        zones, new Pin(pin.domain(), 1, other, pin.keyServers(), alpha.domain(), pin.max()));

    assertThatThrownBy(() -> await(directory.domain(beta.domain())))
        .isInstanceOf(RefusedException.class);
  }
}
