package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.peer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keypost.keyserver.desk.HeartbeatDesk;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.ServersRecord;
import io.keypost.protocol.record.ServersRecord.Server;
import io.keypost.protocol.record.ServersRecord.ServerState;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Receiving servers beat, fall silent, come back and are drained: KP-KSV-20, KP-REC-21. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class HeartbeatTest extends ReadyKeyServer {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEY_SERVERS = 8;

  @Inject Transactions transactions;
  @Inject HeartbeatDesk heartbeats;

  @Test
  void aServerThatMissedThreeBeatsIsLeftOutAndReturnsByItselfByKpRec21() {
    String host = "beats1." + OPERATOR;
    PublicPort.Server server = receiving(host, "beats1");
    assertThat(beat(server, UUID.randomUUID(), 0).<String>path("state")).isEqualTo("in_service");
    assertThat(listed(host, "beats1")).isPresent();
    long before = record().seq();

    silence(host);

    await().atMost(PATIENCE).until(() -> listed(host, "beats1").isEmpty());
    ServersRecord without = record();
    assertThat(without.seq()).isGreaterThan(before);
    assertThat(without.pool("beats1")).as("its pool stays, empty").isPresent();
    assertThat(without.certificates())
        .as("it still connects out")
        .contains(CertificateDigests.certificate(server.credential().chain().getFirst()));
    assertThat(state(host)).isEqualTo("silent");

    beat(server, UUID.randomUUID(), 0);

    assertThat(listed(host, "beats1")).isPresent();
    assertThat(record().seq()).isGreaterThan(without.seq());
    assertThat(state(host)).isEqualTo("in_service");
  }

  @Test
  void theLoadIsTheMeanOfTheInstancesAndNoChangeOfTheRecordByKpRec21() {
    String host = "beats2." + OPERATOR;
    PublicPort.Server server = receiving(host, "beats2");
    everybodyIsHeard();
    long before = record().seq();
    beat(server, UUID.randomUUID(), 20);
    sql("update domain set servers_issued = servers_issued - interval '1 minute'");

    beat(server, UUID.randomUUID(), 60);

    assertThat(listed(host, "beats2").orElseThrow().load()).isEqualTo(40);
    assertThat(record().seq()).isEqualTo(before);
  }

  @Test
  void aDrainedServerStaysListedAsDrainedUntilItIsPutBack() {
    String host = "beats3." + OPERATOR;
    PublicPort.Server server = receiving(host, "beats3");

    setState(host, "DRAINED").then().statusCode(200);

    assertThat(listed(host, "beats3").orElseThrow().state()).isEqualTo(ServerState.DRAINED);
    assertThat(beat(server, UUID.randomUUID(), 0).<String>path("state")).isEqualTo("drained");
    assertThat(state(host)).isEqualTo("drained");

    setState(host, "IN_SERVICE").then().statusCode(200);

    assertThat(listed(host, "beats3").orElseThrow().state()).isEqualTo(ServerState.IN_SERVICE);
    refused(setState("nobody." + OPERATOR, "DRAINED"), 404, "not_found");
  }

  @Test
  void severalKeyServersLeaveASilentServerOutOnceByKpRec21() throws Exception {
    String host = "beats4." + OPERATOR;
    receiving(host, "beats4");
    everybodyIsHeard();
    long before = record().seq();
    silence(host);

    together(
        () -> {
          heartbeats.sweep();
          return record().seq();
        },
        before + 1);

    assertThat(listed(host, "beats4")).isEmpty();
    assertThat(record().seq()).isEqualTo(before + 1);
  }

  @Test
  void nobodyIsLateForTheTimeInWhichNoKeyServerListened() {
    String host = "beats5." + OPERATOR;
    receiving(host, "beats5");
    sql(
        "update pool_member set beaten = beaten - interval '1 hour' where host = '" + host + "'",
        "update heartbeat_watch set seen = seen - interval '1 hour',"
            + " since = since - interval '2 hours'");

    heartbeats.sweep();

    assertThat(listed(host, "beats5")).isPresent();
  }

  @Test
  void onlyServersOfThisOperatorBeatAndOnlyWithinBoundsByKpKsv20() {
    PublicPort.Server server = receiving("beats6." + OPERATOR, "beats6");
    PublicPort.Server sender =
        enrolServer(DOMAIN, serverCode("router", "router6." + OPERATOR, Map.of()));

    refused(
        anyone()
            .contentType(ContentType.JSON)
            .body(Map.of("instance", UUID.randomUUID(), "load", 1))
            .post("/v1/heartbeats"),
        401,
        "unauthenticated");
    refused(beat(server, UUID.randomUUID(), 101), 400, "malformed_request");
    refused(beat(server, UUID.randomUUID(), -1), 400, "malformed_request");
    refused(
        peer(server.credential()).body("{\"instance\":\"one\",\"load\":1}").post("/v1/heartbeats"),
        400,
        "malformed_request");
    assertThat(beat(sender, UUID.randomUUID(), 0).<String>path("state")).isEqualTo("no_place");
    for (int i = 0; i < HeartbeatDesk.MAX_INSTANCES; i++) {
      beat(server, UUID.randomUUID(), 0).then().statusCode(200);
    }
    refused(beat(server, UUID.randomUUID(), 0), 503, "busy");
  }

  private static PublicPort.Server receiving(String host, String pool) {
    return enrolServer(
        DOMAIN,
        serverCode(
            "ingress",
            host,
            Map.of(
                "pool",
                Map.of("name", pool, "host", host, "port", 8444, "priority", 10, "weight", 5))));
  }

  private static Response beat(PublicPort.Server server, UUID instance, int load) {
    return peer(server.credential())
        .body(Map.of("instance", instance.toString(), "load", load))
        .post("/v1/heartbeats");
  }

  private static Response setState(String host, String state) {
    return operator().body(Map.of("host", host, "state", state)).put("/operator/servers/state");
  }

  private static String state(String host) {
    List<Map<String, Object>> servers = operator().get("/operator/servers").path("servers");
    return servers.stream()
        .filter(server -> host.equals(server.get("host")))
        .map(server -> (String) server.get("state"))
        .findFirst()
        .orElseThrow();
  }

  private static ServersRecord record() {
    return RecordVerifier.verifyServers(
            anyone().get("/v1/operators/" + OPERATOR + "/servers").path("record"),
            domain(),
            Instant.now())
        .record();
  }

  private static Optional<Server> listed(String host, String pool) {
    return record().pool(pool).orElseThrow().servers().stream()
        .filter(server -> server.host().value().equals(host))
        .findFirst();
  }

  /** As if the server had not beaten for an hour, in which key servers listened. */
  private void silence(String host) {
    sql(
        "update pool_member set beaten = beaten - interval '1 hour' where host = '" + host + "'",
        "insert into heartbeat_watch values ('"
            + OPERATOR
            + "', clock_timestamp(), clock_timestamp() - interval '2 hours')"
            + " on conflict (operator) do update set seen = excluded.seen, since = excluded.since");
  }

  /** No server of another test falls silent in the middle of this one. */
  private void everybodyIsHeard() {
    sql("update pool_member set beaten = clock_timestamp()");
  }

  private void sql(String... statements) {
    for (String statement : statements) {
      int changed =
          transactions.inTransaction(
              () ->
                  Panache.getSession()
                      .chain(session -> session.createNativeQuery(statement).executeUpdate()));
      assertThat(changed).as(statement).isPositive();
    }
  }

  /** As many key servers at once do the same; each must see {@code expected}. */
  private static void together(Callable<Long> work, long expected) throws Exception {
    List<Future<Long>> answers = new ArrayList<>();
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < KEY_SERVERS; i++) {
        answers.add(others.submit(work));
      }
      Map<Long, Integer> seen = new HashMap<>();
      for (Future<Long> answer : answers) {
        seen.merge(answer.get(60, TimeUnit.SECONDS), 1, Integer::sum);
      }
      assertThat(seen).containsOnlyKeys(expected);
    }
  }
}
