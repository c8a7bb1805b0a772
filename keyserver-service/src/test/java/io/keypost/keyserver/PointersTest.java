package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.client.KeypostClient;
import io.keypost.client.provider.Consents;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Aliases with Keypost's own client against the running key server: KP-KSV-13, KP-KSV-14. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class PointersTest extends ReadyKeyServer {
  private static final RecoveryCode CODE = RecoveryCode.generate(OwnClient.RANDOM);

  @TempDir private Path homes;

  @Test
  void aUserIsAskedConsentsListsAndWithdrawsByKpKsv13() {
    Address info = fresh("info");
    try (KeypostClient bob = client("bob")) {
      point(info, bob.address());
      assertThat(bob.consents().asked()).extracting(Consents.Entry::alias).containsExactly(info);

      bob.consent(info, CODE);

      assertThat(bob.consents().asked()).isEmpty();
      assertThat(bob.consents().given()).extracting(Consents.Entry::alias).containsExactly(info);
      point(info, bob.address());
      bob.withdrawConsent(info);
      assertThat(bob.consents().given()).isEmpty();
    }
  }

  @Test
  void aDismissedRequestDoesNotComeBackAndOneDomainIsShownFiveTimesAtMostByKpKsv13() {
    try (KeypostClient bob = client("bob")) {
      List<Address> aliases = Stream.generate(() -> fresh("ask")).limit(6).toList();
      aliases.forEach(alias -> point(alias, bob.address()));
      assertThat(bob.consents().asked())
          .extracting(Consents.Entry::alias)
          .containsExactlyElementsOf(aliases.subList(1, 6).reversed());

      bob.dismissRequest(aliases.getLast());
      point(aliases.getLast(), bob.address());

      assertThat(bob.consents().asked())
          .extracting(Consents.Entry::alias)
          .containsExactlyElementsOf(aliases.subList(1, 5).reversed());
      assertThatThrownBy(() -> bob.dismissRequest(fresh("nobody")))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.code()).isEqualTo(RefusalCode.NOT_FOUND));
      bob.consent(aliases.getLast(), CODE);
      assertThat(bob.consents().given())
          .extracting(Consents.Entry::alias)
          .containsExactly(aliases.getLast());
    }
  }

  @Test
  void aUserPointsElsewhereReadsOnAndComesBackByKpKsv14() {
    try (KeypostClient bob = client("bob");
        KeypostClient carol = client("carol")) {
      assertThatThrownBy(() -> carol.pointAt(bob.address(), CODE))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.code()).isEqualTo(RefusalCode.CONSENT_MISSING));
      bob.consent(carol.address(), CODE);

      carol.pointAt(bob.address(), CODE);

      assertThat(carol.keys().refresh()).isFalse();
      carol.pointNowhere(CODE);
      carol.keys().rotate(CODE);
      assertThat(carol.deviceKey().lackingFor(carol.certificate())).isEmpty();
    }
  }

  private static void point(Address alias, Address target) {
    operator()
        .body(Map.of("target", target.toString()))
        .put("/operator/domains/" + OPERATOR + "/aliases/" + alias.local());
  }

  private KeypostClient client(String name) {
    Address address = fresh(name);
    return OwnClient.device(homes.resolve(name), name).enrol(address, code(address), CODE);
  }
}
