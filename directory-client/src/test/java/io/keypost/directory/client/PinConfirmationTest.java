package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.DirectorySettings.Web;
import io.keypost.directory.DomainView;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.testing.TestWeb;
import io.keypost.directory.testing.TestWeb.Answer;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.stack.dns.ZoneSecurity;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A first sight that DNS does not secure: KP-PIN-9, KP-PIN-21. */
class PinConfirmationTest extends OverRealZones {
  private TestWeb web;
  private DirectoryClient directory;
  private String pin;

  @BeforeEach
  void unsigned() {
    zones.zone("beta.test", ZoneSecurity.UNSIGNED);
    betaServer.publish(zones);
    zones.put("keypost.beta.test. 5 IN A 127.0.0.1");
    web = closing(TestWeb.start(vertx, beta.domain(), RANDOM));
    directory = trusting(web, local());
    pin = beta.pin(List.of(betaServer.name())).toTxt();
  }

  private DirectoryClient trusting(TestWeb trusted, AllowedTargets targets) {
    return closing(
        builder(settings(targets).with(new Web(List.of(trusted.authority()), web.port()))).build());
  }

  @Test
  void isBelievedWhenTheSamePinStandsThereAndStaysMarkedByKpPin21() {
    web.answer(Answer.of(pin + "\n"));

    DomainView view = await(directory.domain(beta.domain()));

    assertThat(view.security()).isEqualTo(DnsSecurity.INSECURE);
    assertThat(view.remembered().firstSight())
        .isEqualTo(new FirstSight(clock.instant(), FirstSight.By.HTTPS));
    assertThat(told.firstSights).containsExactly(view.remembered().firstSight());

    clock.pass(Duration.ofHours(3));
    DomainView later = await(directory.domainFetchedSince(beta.domain(), clock.instant()));
    assertThat(later.remembered().firstSight()).isEqualTo(view.remembered().firstSight());
    assertThat(web.requests()).as("confirmed once, then remembered").isEqualTo(1);
  }

  @Test
  void aSecurePinNeedsNoConfirmation() {
    zones.zone("beta.test", ZoneSecurity.SIGNED);
    betaServer.publish(zones);

    assertThat(await(directory.domain(beta.domain())).security()).isEqualTo(DnsSecurity.SECURE);
    assertThat(web.requests()).isZero();
  }

  @Test
  void isConfirmedAnewWhenItsTimeIsOverByKpPin21() {
    beta.rememberFor(Duration.ofHours(1));
    betaServer.publish(zones);
    web.answer(Answer.of(beta.pin(List.of(betaServer.name())).toTxt()));
    await(directory.domain(beta.domain()));
    clock.pass(Duration.ofHours(2));
    web.answer(new Answer(404, "", Buffer.buffer()));

    assertRefused(
        RefusalCode.FIRST_SIGHT_INSECURE,
        () -> await(directory.domainFetchedSince(beta.domain(), clock.instant())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v=keypost1",
        "<html>v=keypost1</html>",
        "v=keypost1; gen=1; root=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; ks=ks.beta.test;"
            + " max=60"
      })
  void isRefusedWhenSomethingElseStandsThereByKpPin21(String text) {
    web.answer(Answer.of(text));

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(directory.domain(beta.domain())));
    assertThat(betaServer.requests()).isEmpty();
    assertThat(told.refusals).contains(RefusalCode.FIRST_SIGHT_INSECURE);
  }

  @Test
  void isRefusedWhenOneTagDiffersByKpPin21() {
    web.answer(Answer.of(pin.replace("gen=1;", "gen=2;")));

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void isRefusedWhenTheTextIsLongerThanAnyPinByKpPin21() {
    web.answer(Answer.of(pin + "; x=" + "x".repeat(Pin.MAX_OCTETS)));

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void isRefusedUnderACertificateOfNoPublicCaByKpPin21() {
    web.answer(Answer.of(pin));
    TestWeb other = closing(TestWeb.start(vertx, beta.domain(), RANDOM));

    assertRefused(
        RefusalCode.FIRST_SIGHT_INSECURE,
        () -> await(trusting(other, local()).domain(beta.domain())));
    assertThat(web.requests()).isZero();
  }

  @Test
  void isRefusedUnderACertificateForAnotherHostByKpPin21() {
    TestWeb other = closing(TestWeb.start(vertx, "www.beta.test", "127.0.0.1", RANDOM));
    other.answer(Answer.of(pin));
    DirectoryClient misled =
        closing(
            builder(settings(local()).with(new Web(List.of(other.authority()), other.port())))
                .build());

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(misled.domain(beta.domain())));
    assertThat(other.requests()).isZero();
  }

  @Test
  void followsNoRedirectByT12AndKpPin21() {
    TestWeb elsewhere = closing(TestWeb.start(vertx, beta.domain(), RANDOM));
    elsewhere.answer(Answer.of(pin));
    web.answer(
        Answer.redirect("https://keypost.beta.test:" + elsewhere.port() + "/.well-known/keypost"));

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(directory.domain(beta.domain())));
    assertThat(web.requests()).isEqualTo(1);
    assertThat(elsewhere.requests()).isZero();
  }

  @Test
  void isNotLookedForAtAnAddressThatIsNotAllowedByT12AndKpPin21() {
    web.answer(Answer.of(pin));
    zones.put("keypost.beta.test. 5 IN A 169.254.169.254");

    assertRefused(RefusalCode.TARGET_NOT_ALLOWED, () -> await(directory.domain(beta.domain())));
    assertThat(told.refusals).containsExactly(RefusalCode.TARGET_NOT_ALLOWED);
    assertThat(told.refusedTargets).isNotEmpty();
  }

  @Test
  void isNotLookedForAtAPortThatIsNotAllowedByT12AndKpPin21() {
    web.answer(Answer.of(pin));

    assertRefused(
        RefusalCode.TARGET_NOT_ALLOWED,
        () ->
            await(
                trusting(web, AllowedTargets.parse(Optional.of(LOOPBACK), Optional.of("443")))
                    .domain(beta.domain())));
    assertThat(web.requests()).isZero();
  }

  @Test
  void aNameWithoutHostIsATemporaryRefusalByKpPin9() {
    zones.remove("keypost.beta.test", "A");

    assertRefused(RefusalCode.FIRST_SIGHT_INSECURE, () -> await(directory.domain(beta.domain())));
  }
}
