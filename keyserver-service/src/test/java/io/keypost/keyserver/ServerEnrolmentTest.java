package io.keypost.keyserver;

import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.ServersRecord;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Servers enrol with a code and stand in the record of their operator: KP-KSV-7. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class ServerEnrolmentTest extends ReadyKeyServer {
  @Inject Transactions transactions;

  @Test
  void anEnrolledServerStandsInTheServersRecordAndItsPool() {
    String host = "mx1." + OPERATOR;
    var server =
        enrolServer(
            DOMAIN,
            serverCode(
                "ingress",
                host,
                Map.of(
                    "pool",
                    Map.of(
                        "name",
                        "default",
                        "host",
                        host,
                        "port",
                        8444,
                        "priority",
                        10,
                        "weight",
                        5))));

    ServersRecord record =
        RecordVerifier.verifyServers(
                anyone().get("/v1/operators/" + OPERATOR + "/servers").path("record"),
                domain(),
                Instant.now())
            .record();

    assertThat(record.certificates())
        .contains(CertificateDigests.certificate(server.credential().chain().getFirst()));
    assertThat(record.pool("default").orElseThrow().servers())
        .anyMatch(member -> member.host().value().equals(host) && member.port() == 8444);
  }

  @Test
  void aServersCodeIsGoodOnceByKpKsv7() {
    String code = serverCode("ingress", "mx2." + OPERATOR, Map.of());
    enrolServer(DOMAIN, code);

    refused(enrolAgain(code), 403, "code_invalid");
  }

  @Test
  void whoHasNoGoodCodeWaitsForNobodysWorkOnTheDomain() throws Exception {
    String code = serverCode("ingress", "mx3." + OPERATOR, Map.of());
    enrolServer(DOMAIN, code);
    CompletableFuture<Void> held = new CompletableFuture<>();
    CompletableFuture<Void> end = new CompletableFuture<>();
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> work =
          others.submit(
              () ->
                  transactions.inTransaction(
                      () ->
                          DomainRow.locked(OPERATOR)
                              .invoke(row -> held.complete(null))
                              .chain(row -> untilHere(end))));
      try {
        held.get(30, TimeUnit.SECONDS);
        Future<Response> answer = others.submit(() -> enrolAgain(code));
        refused(answer.get(30, TimeUnit.SECONDS), 403, "code_invalid");
      } finally {
        end.complete(null);
      }
      work.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aPoolNamesAServerOnlyByAHostOfItsCertificate() {
    Response response =
        OperatorApi.operator()
            .body(
                Map.of(
                    "service",
                    "ingress",
                    "hosts",
                    List.of("mx4." + OPERATOR),
                    "purpose",
                    "SERVER",
                    "pool",
                    Map.of(
                        "name",
                        "default",
                        "host",
                        "mx5." + OPERATOR,
                        "port",
                        8444,
                        "priority",
                        10,
                        "weight",
                        5)))
            .post("/operator/servers/codes");

    assertThat(response.<String>path("code")).isEqualTo("certificate_wrong_name");
    assertThat(response.statusCode()).isEqualTo(403);
  }

  /** Waits, and goes on where it waited: a session stays on its thread. */
  private static Uni<Void> untilHere(CompletableFuture<Void> end) {
    Context here = Vertx.currentContext();
    return Uni.createFrom()
        .completionStage(end)
        .emitOn(next -> here.runOnContext(nothing -> next.run()));
  }

  private static Response enrolAgain(String code) {
    return anyone()
        .contentType(ContentType.JSON)
        .body(
            Map.of(
                "code",
                code,
                "server_request",
                CertificateRequest.make(
                        DOMAIN,
                        CertificateUse.SERVER,
                        P256.generate(PublicPort.RANDOM),
                        PublicPort.RANDOM)
                    .toPem()))
        .post("/v1/server-enrolments");
  }
}
