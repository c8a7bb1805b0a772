package io.keypost.keyserver;

import static io.restassured.RestAssured.given;

import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateRequest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** The management port, with the admin token. */
public final class OperatorApi {
  private OperatorApi() {}

  /** A request to the management port without a token. */
  public static RequestSpecification anonymous() {
    return given()
        .baseUri("http://127.0.0.1")
        .port(config("keypost.keyserver.management-port", Integer.class))
        .basePath("")
        .urlEncodingEnabled(false);
  }

  /** A request with the admin token. */
  public static RequestSpecification operator() {
    return anonymous().header("Authorization", "Bearer " + token()).contentType(ContentType.JSON);
  }

  public static String token() {
    try {
      return Files.readString(config("keypost.keyserver.admin-token-file", Path.class)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** First step of the ceremony. */
  public static CertificateRequest init(String domain) {
    return CertificateRequest.fromPem(
        operator()
            .post("/operator/domains/" + domain + "/init")
            .then()
            .statusCode(200)
            .extract()
            .path("request"));
  }

  /** Second step of the ceremony. */
  public static Response install(
      String domain, X509Certificate root, X509Certificate ca, String statement) {
    return operator()
        .body(
            Map.of(
                "root_certificate", CertificateCodec.toPem(root),
                "ca_certificate", CertificateCodec.toPem(ca),
                "root_statement", statement))
        .put("/operator/domains/" + domain + "/authority");
  }

  /** Both steps. */
  public static void makeReady(String domain, OfflineRoot root) {
    X509Certificate ca = root.certify(init(domain));
    install(domain, root.certificate(), ca, root.state(1, ca)).then().statusCode(200);
  }

  public static <T> T config(String key, Class<T> type) {
    return ConfigProvider.getConfig().getValue(key, type);
  }
}
