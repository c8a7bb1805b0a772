package io.keypost.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.keyserver.token.LoginAssertion;
import io.keypost.keyserver.token.LoginKey;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;

/** Which key server may take an assertion: KP-TOK-1, KP-TOK-2; threat T34. */
class LoginAssertionTest {
  private static final String KS1 = "https://ks1.example.net/v1/tokens";
  private static final String KS2 = "https://ks2.example.net:8443/v1/tokens";
  private static final List<String> ENDPOINTS =
      new PinnedKeyServers(
              List.of(
                  KeyServerName.parse("ks1.example.net"),
                  KeyServerName.parse("ks2.example.net:8443")))
          .tokenEndpoints();

  private final TestUser alice = new TestUser(Address.parse("alice@alpha.test"));

  @Test
  void eachOfTheOperatorsKeyServersTakesOneForAnyOfThemAsTheSameUseByKpTok2() {
    assertThat(ENDPOINTS).containsExactly(KS1, KS2);
    Map<String, Object> claims = alice.claims(KS1);
    LoginAssertion first = verify(claims);
    claims.put("aud", KS2);

    assertThat(verify(claims).use())
        .as("one jti is used once, whichever of them it was for")
        .isEqualTo(first.use());
  }

  @Test
  void oneForAnotherOperatorsKeyServerIsRefusedAndOneForBothByKpTok1() {
    for (Object audience :
        List.of(
            "https://ks1.example.org/v1/tokens",
            "https://ks2.example.net/v1/tokens",
            List.of(KS1, "https://ks1.example.org/v1/tokens"),
            List.of(KS1, KS2))) {
      Map<String, Object> claims = alice.claims(KS1);
      claims.put("aud", audience);
      assertThatThrownBy(() -> verify(claims))
          .as("%s", audience)
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.code()).isEqualTo(RefusalCode.ASSERTION_INVALID));
    }
  }

  private LoginAssertion verify(Map<String, Object> claims) {
    return LoginAssertion.verify(
        alice.assertion(claims),
        LoginKey.parse(JsonUtil.toJson(alice.loginKey())),
        alice.address(),
        ENDPOINTS,
        Instant.now());
  }
}
