package io.keypost.keyserver;

import static io.keypost.keyserver.PublicPort.anyone;
import static io.keypost.keyserver.PublicPort.enrolServer;
import static io.keypost.keyserver.PublicPort.serverCode;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Servers enrol with a code and stand in the record of their operator: KP-KSV-7. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class ServerEnrolmentTest extends ReadyKeyServer {

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

    Response again =
        anyone()
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

    refused(again, 403, "code_invalid");
  }
}
