package io.keypost.delivery.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.fixture.TestConfig;
import io.keypost.delivery.fixture.TestDatabase;
import io.keypost.delivery.store.LeaseStore;
import io.keypost.delivery.work.Stopping;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a process keeps what it works on (T22, T23), on PostgreSQL. */
class LeasesTest {
  private static final Duration LIFE = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final UUID holder = UUID.randomUUID();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Stopping stopping = new Stopping();
  private final AtomicLong nanoTime = new AtomicLong();
  @RegisterExtension private final TestDatabase database = new TestDatabase();

  @Test
  void renewsAllThatIsWorkedOnAndNothingElse() {
    Leases leases = leases(Map.of());
    UUID one = given("20 seconds");
    UUID other = given("20 seconds");
    UUID ended = given("20 seconds");
    UUID ofAnother = given("20 seconds");
    Leases.Held first = leases.hold(one);
    Leases.Held second = leases.hold(other);
    leases.hold(ended).close();

    leases.renew();

    assertThat(database.count("lease where held_until > now() + interval '50 seconds'"))
        .isEqualTo(2);
    assertThat(database.count("lease where id = '" + ofAnother + "'")).isOne();
    assertThat(database.count("lease where id = '" + ended + "'")).isZero();
    assertThat(first.stands() && second.stands()).isTrue();
    assertThat(registry.find(Leases.LOST).counter()).isNull();
  }

  @Test
  void renewsByItselfWhileTheWorkGoesOn() {
    Leases leases = leases(Map.of("keypost.delivery.lease.renewal", "PT0.1S"));
    UUID lease = given("20 seconds");
    Leases.Held work = leases.hold(lease);

    leases.begin(new StartupEvent());
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () -> database.count("lease where held_until > now() + interval '50 seconds'") == 1);
    } finally {
      stopping.begin();
      leases.end(new ShutdownEvent());
    }
    work.close();

    assertThat(database.count("lease")).isZero();
  }

  @Test
  @DisplayName("T23: who was paused for longer than a lease learns that it is gone, for good")
  void tellsWhoeverComesBackTooLate() {
    Leases leases = leases(Map.of());
    Leases.Held work = leases.hold(given("-1 seconds"));

    leases.renew();

    assertThat(work.stands()).isFalse();
    assertThat(registry.get(Leases.LOST).counter().count()).isOne();
    assertThat(database.count("lease")).as("it does not revive").isZero();
  }

  @Test
  @DisplayName("T23: who was paused begins no further request, before it asks the database")
  void standsNoLongerThanWithoutARenewal() {
    Leases leases = leases(Map.of());
    Leases.Held work = leases.hold(given("60 seconds"));

    nanoTime.addAndGet(LIFE.minusNanos(1).toNanos());
    assertThat(work.stands()).isTrue();
    nanoTime.addAndGet(1);
    assertThat(work.stands()).isFalse();

    leases.renew();
    assertThat(work.stands()).as("renewed in time after all").isTrue();
  }

  @Test
  void forgetsLeasesOfProcessesThatDied() {
    given("-1 seconds");
    UUID living = given("20 seconds");

    leases(Map.of()).renew();

    assertThat(database.count("lease")).isOne();
    assertThat(database.count("lease where id = '" + living + "'")).isOne();
  }

  @Test
  void takesNoDurationsThatDoNotFitTogether() {
    assertThatThrownBy(() -> leases(Map.of("keypost.delivery.lease.life", "PT1S")))
        .hasMessageContaining("keypost.delivery.lease.life");
    assertThatThrownBy(() -> leases(Map.of("keypost.delivery.lease.life", "PT11M")))
        .hasMessageContaining("keypost.delivery.lease.life");
    assertThatThrownBy(() -> leases(Map.of("keypost.delivery.lease.renewal", "PT21S")))
        .hasMessageContaining("keypost.delivery.lease.renewal");
  }

  /** A lease as a queue gives it. */
  private UUID given(String forLong) {
    UUID lease = UUID.randomUUID();
    database.rows(
        "insert into lease values ('%s', '%s', now() + interval '%s')"
            .formatted(lease, holder, forLong));
    return lease;
  }

  private Leases leases(Map<String, String> keys) {
    return new Leases(
        database.access(),
        new LeaseStore(),
        TestConfig.with(keys),
        holder,
        registry,
        stopping,
        nanoTime::get);
  }
}
