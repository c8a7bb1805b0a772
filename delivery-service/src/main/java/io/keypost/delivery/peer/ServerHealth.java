package io.keypost.delivery.peer;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.ServersRecord.Server;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What this process saw of servers: failures take one out for a while, and each knows how many
 * requests it has of ours. Thread safe. Bounded: a server that has neither is forgotten.
 */
public final class ServerHealth {
  /** How long a server stays out after its first failure; doubled with each further one. */
  public static final Duration FIRST_OUT = Duration.ofSeconds(5);

  /** Longest time that a server stays out. */
  public static final Duration LONGEST_OUT = Duration.ofMinutes(2);

  private static final int MAX_DOUBLINGS = 10;

  private record Key(MailDomain host, int port) {
    static Key of(Server server) {
      return new Key(server.host(), server.port());
    }
  }

  private record Seen(int inFlight, int failures, Instant outUntil) {
    static final Seen NOTHING = new Seen(0, 0, Instant.MIN);

    boolean isNothing() {
      return inFlight == 0 && failures == 0;
    }
  }

  private final ConcurrentMap<Key, Seen> seen = new ConcurrentHashMap<>();

  /** A request to the server begins. */
  public void begun(Server server) {
    update(server, s -> new Seen(s.inFlight() + 1, s.failures(), s.outUntil()));
  }

  /** A request ended with an answer of the server. */
  public void answered(Server server) {
    update(server, s -> new Seen(Math.max(0, s.inFlight() - 1), 0, Instant.MIN));
  }

  /** A request ended without one: the server stays out for a while. */
  public void failed(Server server, Instant now) {
    update(
        server,
        s -> {
          int failures = Math.min(s.failures() + 1, MAX_DOUBLINGS);
          Duration out = FIRST_OUT.multipliedBy(1L << (failures - 1));
          Duration bounded = out.compareTo(LONGEST_OUT) > 0 ? LONGEST_OUT : out;
          return new Seen(Math.max(0, s.inFlight() - 1), failures, now.plus(bounded));
        });
  }

  /** Whether the server is out now. */
  public boolean isOut(Server server, Instant now) {
    return now.isBefore(seen.getOrDefault(Key.of(server), Seen.NOTHING).outUntil());
  }

  /** Requests that the server works on. */
  public int inFlight(Server server) {
    return seen.getOrDefault(Key.of(server), Seen.NOTHING).inFlight();
  }

  private void update(Server server, java.util.function.UnaryOperator<Seen> change) {
    seen.compute(
        Key.of(server),
        (_, before) -> {
          Seen after = change.apply(before == null ? Seen.NOTHING : before);
          return after.isNothing() ? null : after;
        });
  }
}
