package io.keypost.delivery.outcome;

import static io.keypost.testsupport.TestTopics.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.custody.HeldMail;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.custody.Settlement;
import io.keypost.delivery.custody.TerminalOutcome;
import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.DeliveryWorld.Peer;
import io.keypost.delivery.fixture.Rows;
import io.keypost.delivery.http.OperatorServers;
import io.keypost.delivery.http.PeerAccess;
import io.keypost.delivery.lease.Leases;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutboxStore;
import io.keypost.delivery.store.OutcomeStore;
import io.keypost.delivery.work.Stopping;
import io.keypost.directory.Directory;
import io.keypost.events.mail.SealedMail;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the poster of receipts does when the service stops. */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class ReceiptPosterDrainTest {
  /** Ahead of the service's own poster, which so leaves these receipts alone. */
  private static final Duration AHEAD = Duration.ofMinutes(30);

  DeliveryWorld world;
  @Inject Pool pool;
  @Inject Database database;
  @Inject OutboxStore outbox;
  @Inject OutcomeStore outcomes;
  @Inject ReceiptSigning receipts;
  @Inject Directory directory;
  @Inject OperatorServers servers;
  @Inject PeerAccess peers;
  @Inject DeliveryConfig config;
  @Inject SecureRandom random;
  @Inject InstantSource clock;
  @Inject MeterRegistry registry;
  @Inject Leases leases;

  @Test
  void waitsForTheRequestThatRunsBeforeItEnds() {
    Rows rows = new Rows(pool);
    Peer slow = world.newPeer("slow");
    CompletableFuture<Void> answer = new CompletableFuture<>();
    slow.door().holdReceipts(answer);
    SealedMail mail = expired(slow);
    Stopping stopping = new Stopping();
    ReceiptPoster poster =
        new ReceiptPoster(
            database,
            outbox,
            directory,
            servers,
            peers,
            config,
            random,
            InstantSource.offset(clock, AHEAD),
            registry,
            leases,
            stopping);
    assertThat(poster.step()).isOne();
    await().atMost(PATIENCE).until(() -> slow.door().receiptPostsBegun() == 1);

    stopping.begin();
    Thread ending = Thread.ofVirtual().start(() -> poster.end(new ShutdownEvent()));
    await().atMost(PATIENCE).until(() -> !ending.isAlive() || isDraining(ending));
    assertThat(ending.isAlive()).as("it waits").isTrue();
    answer.complete(null);

    await().atMost(PATIENCE).until(() -> !ending.isAlive());
    assertThat(slow.door().receipts()).hasSize(1);
    assertThat(rows.about(mail, "receipt_outbox")).as("nothing is left for a lease").isZero();
  }

  private static boolean isDraining(Thread ending) {
    return Arrays.stream(ending.getStackTrace()).anyMatch(f -> f.getMethodName().equals("drain"));
  }

  /** An outcome whose receipt is due only for who is ahead. */
  private SealedMail expired(Peer peer) {
    SealedMail mail = world.mail(peer.address("zoe"), world.here().address("bob"));
    HeldMail held = HeldMail.of(mail.envelope(), mail.payload(), peer.operator().domain());
    TerminalOutcome outcome = new TerminalOutcome.Expired();
    Instant decided = clock.instant().plus(AHEAD.dividedBy(2));
    Settlement settlement =
        Settlement.plain(
            held.facts(),
            outcome,
            decided,
            receipts.require().sign(held.facts(), outcome, decided, held.returnOperator()));
    database.transact(connection -> outcomes.settle(connection, List.of(settlement)));
    return mail;
  }
}
