package io.keypost.delivery.http;

import io.keypost.delivery.peer.ServerChoice;
import io.keypost.delivery.peer.ServerHealth;
import io.keypost.directory.Directory;
import io.keypost.directory.ServersView;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.ServersRecord.Pool;
import io.keypost.protocol.record.ServersRecord.Server;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An operator's servers in the order in which they are tried (KP-TRF-10), with what this process
 * saw of them.
 */
@ApplicationScoped
public class OperatorServers {
  /** Servers that one attempt tries. */
  public static final int MAX_TRIED = 3;

  /** Longest wait for the operator's records. */
  public static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(20);

  private static final String DEFAULT_POOL = "default";

  private final Directory directory;
  private final ServerHealth health = new ServerHealth();
  private final SecureRandom random;
  private final InstantSource clock;

  OperatorServers(Directory directory, SecureRandom random, InstantSource clock) {
    this.directory = directory;
    this.random = random;
    this.clock = clock;
  }

  /** A server that may be tried, and the rule by which its certificate is judged. */
  public record Candidate(Server server, PeerTrust trust) {
    /** Where to connect to. */
    public PeerTarget target() {
      return new PeerTarget(server.host(), server.port());
    }
  }

  /**
   * Servers of a pool in the order to try them, at most {@link #MAX_TRIED}, never empty. Blocks.
   *
   * @param pool its name; when absent, or not in the record any more, the pool {@code default} or
   *     the first
   * @throws RefusedException of kind {@code RETRY_AFTER} when the operator's record cannot be had,
   *     or none of its servers takes mail now
   */
  public List<Candidate> candidates(MailDomain operator, Optional<String> pool) {
    ServersView view = Waiting.on(directory.servers(operator), LOOKUP_TIMEOUT);
    List<Server> servers = pool(view, pool).servers();
    PeerTrust trust = PeerTrust.serverOf(view.operator().verified());
    List<Candidate> order = new ArrayList<>();
    List<Server> chosen = new ArrayList<>();
    while (order.size() < MAX_TRIED) {
      Optional<Server> next =
          ServerChoice.choose(
              servers,
              server -> chosen.contains(server) || health.isOut(server, clock.instant()),
              health::inFlight,
              random);
      if (next.isEmpty()) {
        break;
      }
      chosen.add(next.get());
      order.add(new Candidate(next.get(), trust));
    }
    if (order.isEmpty()) {
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE, "no server of " + operator + " takes mail now");
    }
    return order;
  }

  /** A request to the server begins; exactly one of the next two follows. */
  public void begun(Candidate candidate) {
    health.begun(candidate.server());
  }

  /** The server answered, whatever it said. */
  public void answered(Candidate candidate) {
    health.answered(candidate.server());
  }

  /** The server could not be reached, was not who it should be, or did not answer. */
  public void failed(Candidate candidate) {
    health.failed(candidate.server(), clock.instant());
  }

  private static Pool pool(ServersView view, Optional<String> name) {
    return name.flatMap(view.record()::pool)
        .or(() -> view.record().pool(DEFAULT_POOL))
        .or(() -> view.record().pools().stream().findFirst())
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.UNAVAILABLE, view.record().operator() + " lists no servers"));
  }
}
