package io.keypost.delivery;

import static io.keypost.testsupport.TestTopics.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.delivery.fixture.DeliveryTestResource;
import io.keypost.delivery.fixture.DeliveryWorld;
import io.keypost.delivery.fixture.DeliveryWorld.Peer;
import io.keypost.delivery.fixture.PlayedServer.Reaction;
import io.keypost.delivery.fixture.Rows;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.SealedMail;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Work that takes longer than a lease, and workers that died or were paused (T22, T23). */
@QuarkusTest
@QuarkusTestResource(DeliveryTestResource.class)
class LeaseServiceTest {
  DeliveryWorld world;
  @Inject Pool pool;
  @Inject MeterRegistry registry;

  private Rows rows;
  private Peer slow;

  @BeforeEach
  void look() {
    rows = new Rows(pool);
    slow = world.newPeer("slow");
  }

  @Test
  @DisplayName("T23: a request that takes longer than a lease is not made a second time beside it")
  void renewsTheLeaseOfARequestThatTakesLong() {
    CompletableFuture<Status> says = new CompletableFuture<>();
    SealedMail mail = leave(new Reaction.Thinks(says));

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rows.count(
                        "transfer t join lease l on l.id = t.lease where t.envelope_digest = $1"
                            + " and t.leased_until + interval '2 seconds' < now()"
                            + " and l.held_until > now()",
                        Rows.digest(mail))
                    == 1);
    assertThat(slow.door().transfersOf(mail.envelope())).hasSize(1);
    says.complete(new Status.Accepted());

    awaitTransfer(mail, "state = 'handed_over' and attempts = 1 and lease is null");
    assertThat(slow.door().transfersOf(mail.envelope())).hasSize(1);
  }

  @Test
  @DisplayName("T22: what a process had begun that died is taken when its lease is over")
  void takesWhatADeadProcessLeft() {
    SealedMail mail = world.mail(world.here().address("alice"), slow.address("zoe"));
    String digest = "'\\x" + mail.envelope().envelopeDigest().hex() + "'";
    UUID dead = UUID.randomUUID();
    // Of a process that died five seconds before its lease is over.
    rows.run(
        "insert into lease values ('%1$s', '%2$s', now() + interval '5 seconds')"
            .formatted(dead, UUID.randomUUID()));
    rows.run(
        """
        create function die() returns trigger language plpgsql as $$
        begin
          new.lease := '%1$s';
          new.leased_until := now() - interval '1 second';
          new.uncertain := true;
          return new;
        end $$
        """
            .formatted(dead));
    rows.run(
        "create trigger die before insert on transfer for each row when (new.envelope_digest = "
            + digest
            + "::bytea) execute function die()");
    world.topics().put(MailEvents.ROUTED_TRANSFER, world.leaving(mail, slow));

    awaitTransfer(mail, "state = 'handed_over'");
    assertThat(slow.door().transfersOf(mail.envelope()))
        .singleElement()
        .satisfies(
            transfer ->
                assertThat(rows.count("lease where id = '" + dead + "' and held_until > now()"))
                    .isZero());
  }

  @Test
  @DisplayName("T23, KP-OUT-4: a worker that was paused ends nothing that another has taken")
  void endsNothingAfterALostLease() {
    CompletableFuture<Status> says = new CompletableFuture<>();
    SealedMail mail = leave(new Reaction.Thinks(says));
    await().atMost(PATIENCE).until(() -> !slow.door().transfersOf(mail.envelope()).isEmpty());
    double before = tooLate();
    UUID another = UUID.randomUUID();
    // As if this process had been paused for longer than its lease, and another had come.
    rows.select(
        "delete from lease where id = (select lease from transfer where envelope_digest = $1)",
        Rows.digest(mail));
    rows.select(
        "update transfer set lease = $2, leased_until = now() + interval '1 hour'"
            + " where envelope_digest = $1",
        Rows.digest(mail),
        another);

    says.complete(
        new Status.Refused(Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "too large for us")));

    await().atMost(PATIENCE).until(() -> tooLate() == before + 1);
    assertThat(rows.about(mail, "outcome")).isZero();
    awaitTransfer(mail, "state = 'queued' and uncertain and lease = '" + another + "'");
    // The other one died as well.
    rows.select("update transfer set leased_until = now() where lease = $1", another);
    awaitTransfer(mail, "state = 'handed_over'");
  }

  private double tooLate() {
    return Optional.ofNullable(
            registry.find("keypost.transfers").tag("verdict", "too_late").counter())
        .map(counter -> counter.count())
        .orElse(0.0);
  }

  private SealedMail leave(Reaction reaction) {
    SealedMail mail = world.mail(world.here().address("alice"), slow.address("zoe"));
    slow.door().react(mail.envelope().envelope().messageId(), reaction);
    world.topics().put(MailEvents.ROUTED_TRANSFER, world.leaving(mail, slow));
    return mail;
  }

  private void awaitTransfer(SealedMail mail, String condition) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rows.count(
                        "transfer where envelope_digest = $1 and " + condition, Rows.digest(mail))
                    == 1);
  }
}
