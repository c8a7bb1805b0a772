package io.keypost.directory.client;

import static io.keypost.directory.client.BetaWorld.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.cache.RecordCache;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** T26: the peer's key server is away for two days; KP-REC-8. */
class T26KeyServerAwayTest {
  @Test
  @DisplayName("T26: kept records to their end, then mail waits, then it goes on by itself")
  void whatIsKeptIsGoodToItsEndAndThenMailWaits() throws Exception {
    try (BetaWorld world = new BetaWorld(Duration.ZERO)) {
      UserSecretKey bob = world.beta().user("bob");
      world.beta().receiveAt("mx.beta.test", 443);
      assertFound(world, bob);
      world
          .server()
          .misbehave(
              request -> {
                TestKeyServer.problem(request, 503, "unavailable");
                return true;
              });

      world.pass(Duration.ofHours(23));
      assertFound(world, bob);

      for (int hours : new int[] {2, 10, 13}) {
        world.pass(Duration.ofHours(hours));
        assertThatThrownBy(() -> await(world.directory().address(bob.address())))
            .isInstanceOfSatisfying(
                RefusedException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(RefusalCode.RECORD_EXPIRED);
                  assertThat(e.refusal()).isInstanceOf(Refusal.RetryAfter.class);
                });
      }

      world.server().behave();
      world.pass(RecordCache.FAILURE_MEMORY);
      assertFound(world, bob);
    }
  }

  private static void assertFound(BetaWorld world, UserSecretKey bob) {
    assertThat(await(world.directory().address(bob.address())).certificate())
        .contains(bob.certificate());
    assertThat(await(world.directory().servers(world.beta().domain())).record().pool("default"))
        .hasValueSatisfying(pool -> assertThat(pool.servers()).hasSize(1));
  }
}
