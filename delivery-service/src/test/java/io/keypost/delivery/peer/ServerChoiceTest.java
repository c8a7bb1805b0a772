package io.keypost.delivery.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.ServersRecord.Server;
import io.keypost.protocol.record.ServersRecord.ServerState;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** KP-TRF-10, KP-RTE-20. */
class ServerChoiceTest {
  private static final long SEED = 4711;
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
  private final Server heavy = server("a.beta.test", 10, 30, ServerState.IN_SERVICE);
  private final Server light = server("b.beta.test", 10, 10, ServerState.IN_SERVICE);
  private final Server second = server("c.beta.test", 20, 10, ServerState.IN_SERVICE);
  private final Server drained = server("d.beta.test", 0, 10, ServerState.DRAINED);
  private final List<Server> pool = List.of(heavy, light, second, drained);

  @Test
  void takesTheLowestPriorityThatIsInServiceByKpTrf10() {
    for (int i = 0; i < 200; i++) {
      assertThat(choose(0, 0)).isIn(heavy, light);
    }
  }

  @Test
  void sharesByWeight() {
    Map<Server, Integer> drawn = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      drawn.merge(choose(0, 0), 1, Integer::sum);
    }

    // With nothing in flight the first draw wins: three of four.
    assertThat(drawn.get(heavy)).as("seed %d", SEED).isBetween(2800, 3200);
  }

  @Test
  void prefersTheOneThatHasLessToDo() {
    Map<Server, Integer> drawn = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      drawn.merge(choose(50, 0), 1, Integer::sum);
    }

    // The heavy one only wins when both draws fall on it: nine of sixteen.
    assertThat(drawn.get(heavy)).as("seed %d", SEED).isBetween(2050, 2450);
  }

  @Test
  void prefersTheOneThatSaysItIsLessLoadedByKpRte20() {
    Server busy = new Server(heavy.host(), 443, 10, 30, ServerState.IN_SERVICE, 90);
    Server idle = new Server(light.host(), 443, 10, 10, ServerState.IN_SERVICE, 20);
    Map<Server, Integer> drawn = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      // What we have in flight ourselves does not outweigh what the server says.
      drawn.merge(
          choose(List.of(busy, idle), server -> server.equals(idle) ? 50 : 0), 1, Integer::sum);
    }

    assertThat(drawn.get(busy)).as("seed %d", SEED).isBetween(2050, 2450);
  }

  @Test
  void takesLoadsThatAreNearEachOtherForEqualByKpRte20() {
    Server one = new Server(heavy.host(), 443, 10, 10, ServerState.IN_SERVICE, 29);
    Server other = new Server(light.host(), 443, 10, 10, ServerState.IN_SERVICE, 20);
    Map<Server, Integer> drawn = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      drawn.merge(
          choose(List.of(one, other), server -> server.equals(other) ? 1 : 0), 1, Integer::sum);
    }

    // The one with our own request wins only when both draws fall on it: one of four.
    assertThat(drawn.get(other)).as("seed %d", SEED).isBetween(850, 1150);
  }

  @Test
  void goesToTheNextPriorityWhenTheFirstIsOutByKpTrf10() {
    assertThat(ServerChoice.choose(pool, server -> server.priority() == 10, _ -> 0, random))
        .contains(second);
  }

  @Test
  void choosesNobodyWhenAllAreOutOrDrainedByKpTrf10() {
    assertThat(ServerChoice.choose(pool, _ -> true, _ -> 0, random)).isEmpty();
    assertThat(ServerChoice.choose(List.of(drained), _ -> false, _ -> 0, random)).isEmpty();
    assertThat(ServerChoice.choose(List.of(), _ -> false, _ -> 0, random)).isEmpty();
  }

  @Test
  void choosesAmongServersWithoutWeight() {
    Server weightless = server("e.beta.test", 1, 0, ServerState.IN_SERVICE);

    assertThat(ServerChoice.choose(List.of(weightless), _ -> false, _ -> 0, random))
        .contains(weightless);
  }

  @Test
  void keepsAFailedServerOutLongerEachTimeUntilItAnswers() {
    ServerHealth health = new ServerHealth();
    fail(health);
    assertThat(health.isOut(heavy, NOW.plus(ServerHealth.FIRST_OUT).minusMillis(1))).isTrue();
    assertThat(health.isOut(heavy, NOW.plus(ServerHealth.FIRST_OUT))).isFalse();

    fail(health);
    assertThat(health.isOut(heavy, NOW.plus(ServerHealth.FIRST_OUT))).isTrue();
    for (int i = 0; i < 20; i++) {
      fail(health);
    }
    assertThat(health.isOut(heavy, NOW.plus(ServerHealth.LONGEST_OUT))).isFalse();

    health.begun(heavy);
    health.answered(heavy);
    assertThat(health.isOut(heavy, NOW)).isFalse();
  }

  @Test
  void countsRequestsInFlight() {
    ServerHealth health = new ServerHealth();
    health.begun(heavy);
    health.begun(heavy);
    assertThat(health.inFlight(heavy)).isEqualTo(2);
    health.answered(heavy);
    health.failed(heavy, NOW);
    assertThat(health.inFlight(heavy)).isZero();
  }

  private void fail(ServerHealth health) {
    health.begun(heavy);
    health.failed(heavy, NOW);
  }

  private Server choose(List<Server> servers, ToIntFunction<Server> inFlight) {
    return ServerChoice.choose(servers, _ -> false, inFlight, random).orElseThrow();
  }

  private Server choose(int inFlightOfHeavy, int inFlightOfOthers) {
    return ServerChoice.choose(
            pool,
            _ -> false,
            server -> server.equals(heavy) ? inFlightOfHeavy : inFlightOfOthers,
            random)
        .orElseThrow();
  }

  private static Server server(String host, int priority, int weight, ServerState state) {
    return new Server(MailDomain.parse(host), 443, priority, weight, state);
  }
}
