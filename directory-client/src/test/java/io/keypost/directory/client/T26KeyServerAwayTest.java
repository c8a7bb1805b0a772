package io.keypost.directory.client;

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
class T26KeyServerAwayTest extends OverRealZones {
  @Test
  @DisplayName("T26: kept records to their end, then mail waits, then it goes on by itself")
  void whatIsKeptIsGoodToItsEndAndThenMailWaits() {
    DirectoryClient directory = alone();
    UserSecretKey bob = beta.user("bob");
    beta.receiveAt("mx.beta.test", 443);
    assertFound(directory, bob);
    betaServer.misbehave(
        request -> {
          TestKeyServer.problem(request, 503, "unavailable");
          return true;
        });

    clock.pass(Duration.ofHours(23));
    assertFound(directory, bob);

    for (int hours : new int[] {2, 10, 13}) {
      clock.pass(Duration.ofHours(hours));
      assertThatThrownBy(() -> await(directory.address(bob.address())))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> {
                assertThat(e.code()).isEqualTo(RefusalCode.RECORD_EXPIRED);
                assertThat(e.refusal()).isInstanceOf(Refusal.RetryAfter.class);
              });
    }

    betaServer.behave();
    clock.pass(RecordCache.FAILURE_MEMORY);
    assertFound(directory, bob);
  }

  private void assertFound(DirectoryClient directory, UserSecretKey bob) {
    assertThat(await(directory.address(bob.address())).certificate()).contains(bob.certificate());
    assertThat(await(directory.servers(beta.domain())).record().pool("default"))
        .hasValueSatisfying(pool -> assertThat(pool.servers()).hasSize(1));
  }
}
