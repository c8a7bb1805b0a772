package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.DomainView;
import io.keypost.directory.Incident;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.stack.dns.ZoneSecurity;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Pins that the own key server remembers for all services: KP-PIN-20, KP-PIN-22, KP-PIN-23. */
class PinMemoryTest extends OverRealZones {
  @Test
  void whatOneServiceSawAnotherRemembersByKpPin20() {
    DomainView first = await(service().domain(beta.domain()));
    zones.zone("beta.test", ZoneSecurity.UNSIGNED);
    betaServer.publish(zones);

    DomainView second = await(service().domain(beta.domain()));

    assertThat(first.remembered().firstSight())
        .isEqualTo(new FirstSight(clock.instant(), FirstSight.By.DNSSEC));
    assertThat(second.security()).isEqualTo(DnsSecurity.INSECURE);
    assertThat(second.remembered()).isEqualTo(first.remembered());
    assertThat(told.firstSights).containsExactly(first.remembered().firstSight());
  }

  @Test
  void aRootThatNobodyAnnouncedIsHeldAfterARestartAndToldOfByKpPin20() {
    DomainView before = await(service().domain(beta.domain()));
    beta.replaceRoot();
    keyServer(beta);
    DirectoryClient restarted = service();

    assertRefused(RefusalCode.CONTINUITY_BROKEN, () -> await(restarted.domain(beta.domain())));

    assertThat(told.incidents)
        .containsExactly(
            new Incident.BrokenContinuity(
                beta.domain(),
                before.pin().root(),
                before.remembered().rememberedUntil(),
                beta.rootDigest(),
                DnsSecurity.SECURE,
                clock.instant()));
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(alphaServer.incidents())
                    .containsExactly(
                        new JsonObject()
                            .put("incident", "continuity_broken")
                            .put("domain", "beta.test")
                            .put("shown", beta.rootDigest().base64Url())
                            .put("security", "secure")));
  }

  @Test
  void aDomainThatLapsedAndIsSomebodyElsesIsFlaggedAndHeldByT31AndKpPin22() {
    beta.rememberFor(Duration.ofDays(1));
    betaServer.publish(zones);
    DomainView owner = await(service().domain(beta.domain()));
    clock.pass(Duration.ofDays(2));
    TestDomain successor = new TestDomain("beta.test", clock, RANDOM);
    // Whoever registers the name anew starts from scratch: another root, and a zone that is signed.
    TestKeyServer theirs = closing(TestKeyServer.start(vertx, successor));
    theirs.publish(zones);
    DirectoryClient restarted = service();

    assertRefused(RefusalCode.CONTINUITY_BROKEN, () -> await(restarted.domain(beta.domain())));

    assertThat(told.incidents)
        .singleElement()
        .isInstanceOfSatisfying(
            Incident.BrokenContinuity.class,
            broken -> {
              assertThat(broken.remembered()).isEqualTo(owner.pin().root());
              assertThat(broken.shown()).isEqualTo(successor.rootDigest());
              assertThat(broken.rememberedUntil()).isBefore(clock.instant());
            });
    assertThat(told.refusals).contains(RefusalCode.CONTINUITY_BROKEN);
    assertThat(alphaServer.remembered(beta.domain()).getString("root"))
        .isEqualTo(owner.pin().root().base64Url());
  }

  @Test
  void anOldRootStatementIsRefusedAfterARestartByT09AndKpPin20() {
    beta.raiseGen();
    betaServer.publish(zones);
    await(service().domain(beta.domain()));
    beta.rollBackTo(1, 1);
    betaServer.publish(zones);
    DirectoryClient restarted = service();

    assertRefused(RefusalCode.RECORD_ROLLED_BACK, () -> await(restarted.domain(beta.domain())));
  }

  @Test
  void withoutMemoryNothingNewIsBelievedAndWhatWasVerifiedHoldsByKpPin20() {
    UserSecretKey bob = beta.user("bob");
    zones.zone("gamma.test", ZoneSecurity.SIGNED);
    TestDomain gamma = new TestDomain("gamma.test", clock, RANDOM);
    keyServer(gamma);
    DirectoryClient directory = service();
    DomainView verified = await(directory.domain(beta.domain()));
    alphaServer.misbehave(
        request -> {
          boolean memory = request.path().startsWith("/v1/pins/");
          if (memory) {
            TestKeyServer.problem(request, 503, "store_unavailable");
          }
          return memory;
        });
    clock.pass(Duration.ofMinutes(2));

    assertRefused(RefusalCode.STORE_UNAVAILABLE, () -> await(directory.domain(gamma.domain())));
    assertThat(await(directory.domain(beta.domain()))).isEqualTo(verified);
    assertThat(await(directory.address(bob.address())).certificate()).contains(bob.certificate());

    alphaServer.behave();
    clock.pass(Duration.ofMinutes(1));
    assertThat(await(directory.domain(gamma.domain())).pin().root()).isEqualTo(gamma.rootDigest());
  }

  @Test
  void anAnswerOfTheMemoryThatIsNoneIsNotThatNothingIsRememberedByKpPin20() {
    DirectoryClient directory = service();
    alphaServer.misbehave(
        request -> {
          boolean memory = request.path().startsWith("/v1/pins/");
          if (memory) {
            request.response().end("{\"remembered\":{\"root\":\"short\"}}").onFailure(gone -> {});
          }
          return memory;
        });

    assertRefused(RefusalCode.STORE_UNAVAILABLE, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void theOwnOperatorIsKnownByTheRootThatCameWithTheCertificateByKpPin23() {
    zones.zone("alpha.test", ZoneSecurity.UNSIGNED);
    alphaServer.publish(zones);

    DomainView own = await(service().domain(alpha.domain()));

    assertThat(own.security()).isEqualTo(DnsSecurity.INSECURE);
    assertThat(own.remembered().firstSight().by()).isEqualTo(FirstSight.By.ENROLMENT);
    assertThat(alphaServer.requests()).noneMatch(request -> request.contains("/v1/pins/"));
  }

  @Test
  void anotherRootOfTheOwnOperatorIsNotBelievedHoweverSecureByKpPin23() {
    alpha.replaceRoot();
    keyServer(alpha);

    assertRefused(RefusalCode.CONTINUITY_BROKEN, () -> await(service().domain(alpha.domain())));
  }

  @Test
  void aPinThatIsSeenAgainAtOnceIsNotWrittenAnew() {
    DirectoryClient directory = service();
    await(directory.domain(beta.domain()));
    clock.pass(Duration.ofMinutes(2));
    await(directory.domainFetchedSince(beta.domain(), clock.instant()));
    assertThat(writes()).isEqualTo(1);

    clock.pass(Duration.ofHours(2));
    await(directory.domainFetchedSince(beta.domain(), clock.instant()));
    assertThat(writes()).isEqualTo(2);
  }

  @Test
  void ofTwoServicesThatSeeADomainForTheFirstTimeBothGoOnFromOneMemoryByKpPin20() {
    CompletableFuture<DomainView> one = service().domain(beta.domain()).toCompletableFuture();
    CompletableFuture<DomainView> other = service().domain(beta.domain()).toCompletableFuture();

    assertThat(await(one).remembered()).isEqualTo(await(other).remembered());
    assertThat(told.firstSights).hasSize(1);
  }

  private long writes() {
    return alphaServer.requests().stream()
        .filter(request -> request.startsWith("PUT /v1/pins/"))
        .count();
  }
}
