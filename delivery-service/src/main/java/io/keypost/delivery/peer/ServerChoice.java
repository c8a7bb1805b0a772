package io.keypost.delivery.peer;

import io.keypost.protocol.record.ServersRecord.Server;
import io.keypost.protocol.record.ServersRecord.ServerState;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Chooses a server: of the lowest priority value that has one in service, two by weighted chance,
 * of which the less loaded wins (KP-RTE-20). Two choices keep the load even where one alone would
 * pile up. The loads in kp-servers are some time old and seen by every sender: those that are near
 * each other count as equal, and then the one with less of our own work in flight wins.
 */
public final class ServerChoice {
  /** Percent by which two loads differ at least before the lower one wins. */
  public static final int LOADS_DIFFER = 10;

  private ServerChoice() {}

  /**
   * Chooses among a pool's servers.
   *
   * @param avoided servers that failed lately, or in this very attempt
   * @param inFlight requests of our own that a server works on now
   * @return empty when every server is drained or avoided
   */
  public static Optional<Server> choose(
      List<Server> pool,
      Predicate<Server> avoided,
      ToIntFunction<Server> inFlight,
      RandomGenerator random) {
    List<Server> usable =
        pool.stream()
            .filter(server -> server.state() == ServerState.IN_SERVICE)
            .filter(avoided.negate())
            .toList();
    List<Server> first =
        usable.stream().mapToInt(Server::priority).min().stream()
            .boxed()
            .flatMap(
                lowest -> usable.stream().filter(server -> server.priority() == lowest.intValue()))
            .toList();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Server one = weighted(first, random);
    Server other = weighted(first, random);
    return Optional.of(isLessLoaded(other, one, inFlight) ? other : one);
  }

  private static boolean isLessLoaded(Server a, Server b, ToIntFunction<Server> inFlight) {
    return Math.abs(a.load() - b.load()) >= LOADS_DIFFER
        ? a.load() < b.load()
        : inFlight.applyAsInt(a) < inFlight.applyAsInt(b);
  }

  private static Server weighted(List<Server> servers, RandomGenerator random) {
    int total = servers.stream().mapToInt(Server::weight).sum();
    if (total == 0) {
      return servers.get(random.nextInt(servers.size()));
    }
    int drawn = random.nextInt(total);
    for (Server server : servers) {
      drawn -= server.weight();
      if (drawn < 0) {
        return server;
      }
    }
    throw new IllegalStateException("the weights add up to more than their sum");
  }
}
