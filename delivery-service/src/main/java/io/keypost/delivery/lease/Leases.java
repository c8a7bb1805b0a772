package io.keypost.delivery.lease;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.LeaseStore;
import io.keypost.delivery.work.LeaseTerms;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * What this process works on. Every piece of work has a lease, which is renewed with one statement
 * for all of them while the work goes on, however long that takes, and ends with it. So a process
 * that died keeps nothing longer than {@link LeaseTerms#life()}; and one that was paused for longer
 * finds its leases gone, and changes nothing any more in a row that another may have taken: each
 * statement that writes a result asks for the lease in the row (threats T22, T23).
 */
@ApplicationScoped
public class Leases {
  /** What counts leases that were lost while the work still went on. */
  public static final String LOST = "keypost.leases.lost";

  /** So many renewals fit into a lease: all but one of them may fail. */
  static final int RENEWALS_IN_A_LIFE = 3;

  private static final Logger LOG = Logger.getLogger(Leases.class);

  private final Database database;
  private final LeaseStore store;
  private final LeaseTerms terms;
  private final boolean active;
  private final MeterRegistry registry;
  private final LongSupplier nanoTime;
  private final WorkLoop loop;
  private final Map<UUID, Held> held = new ConcurrentHashMap<>();

  @Inject
  Leases(
      Database database,
      LeaseStore store,
      DeliveryConfig config,
      SecureRandom random,
      MeterRegistry registry,
      Stopping stopping) {
    this(
        database,
        store,
        config,
        new UUID(random.nextLong(), random.nextLong()),
        registry,
        stopping,
        System::nanoTime);
  }

  /**
   * As {@code holder}, with a clock that only measures.
   *
   * @throws IllegalArgumentException when the configured durations do not fit together
   */
  Leases(
      Database database,
      LeaseStore store,
      DeliveryConfig config,
      UUID holder,
      MeterRegistry registry,
      Stopping stopping,
      LongSupplier nanoTime) {
    this.database = database;
    this.store = store;
    this.terms = new LeaseTerms(holder, config.lease().life());
    this.active = config.runs(DeliveryRole.TRANSFER) || config.runs(DeliveryRole.OUTCOME);
    this.registry = registry;
    this.nanoTime = nanoTime;
    Duration every = config.lease().renewal();
    if (!every.isPositive() || every.multipliedBy(RENEWALS_IN_A_LIFE).compareTo(terms.life()) > 0) {
      throw new IllegalArgumentException(
          "keypost.delivery.lease.renewal fits "
              + RENEWALS_IN_A_LIFE
              + " times into keypost.delivery.lease.life, which "
              + every
              + " does not into "
              + terms.life());
    }
    this.loop = new WorkLoop("leases", every, this::renew, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (active) {
      loop.start();
    }
  }

  /** The last renewal outlasts the drain of what has begun (docs/delivery.md, "Bounds"). */
  void end(@Observes ShutdownEvent stop) {
    loop.close();
  }

  /** On what terms this process takes work from a queue. */
  public LeaseTerms terms() {
    return terms;
  }

  /** A piece of work begins whose lease was just given; it is renewed until it is closed. */
  public Held hold(UUID lease) {
    Held begun = new Held(lease);
    held.put(lease, begun);
    return begun;
  }

  /** One piece of work of this process. */
  public final class Held implements AutoCloseable {
    private final UUID lease;
    private volatile long since;

    private Held(UUID lease) {
      this.lease = lease;
      this.since = nanoTime.getAsLong();
    }

    /**
     * Whether the work may go on to its next request. False when the lease was lost, and when it
     * may have been: nothing renewed it for as long as it lives.
     */
    public boolean stands() {
      return held.get(lease) == this && nanoTime.getAsLong() - since < terms.life().toNanos();
    }

    /** The work ended. Does not throw: a lease that cannot be ended runs out. */
    @Override
    public void close() {
      held.remove(lease, this);
      try {
        store.end(database, List.of(lease));
      } catch (RuntimeException e) {
        LOG.infof(e, "a lease is left to run out");
      }
    }
  }

  /** Renews all that is held here, and forgets what ran out anywhere; always 0: no more to do. */
  int renew() {
    Map<UUID, Held> asked = Map.copyOf(held);
    if (!asked.isEmpty()) {
      long now = nanoTime.getAsLong();
      Set<UUID> renewed = store.renew(database, asked.keySet(), terms);
      asked.forEach(
          (lease, work) -> {
            if (renewed.contains(lease)) {
              work.since = now;
            } else if (held.remove(lease, work)) {
              registry.counter(LOST).increment();
              LOG.warnf("lease %s ran out under work that goes on; others may do it again", lease);
            }
          });
    }
    store.forgetPast(database);
    return 0;
  }
}
