package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.config;
import static io.restassured.RestAssured.given;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.restassured.config.SSLConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.http.conn.ssl.AllowAllHostnameVerifier;
import org.apache.http.conn.ssl.SSLSocketFactory;

/** The public port as its different callers reach it, over real TLS. */
@SuppressWarnings("deprecation") // REST Assured speaks through this generation of HttpClient.
final class PublicPort {
  static final SecureRandom RANDOM = new SecureRandom();
  private static final String PASSWORD = "test";

  private PublicPort() {}

  /** Nobody in particular. */
  static RequestSpecification anyone() {
    return given()
        .relaxedHTTPSValidation()
        .baseUri("https://127.0.0.1")
        .port(config("keypost.keyserver.port", Integer.class))
        .urlEncodingEnabled(false);
  }

  /** A user with an access token. */
  static RequestSpecification user(String token) {
    return anyone().header("Authorization", "Bearer " + token).contentType(ContentType.JSON);
  }

  /** A caller with a client certificate. */
  static RequestSpecification peer(Credential credential) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD.toCharArray());
      store.setKeyEntry(
          "peer",
          credential.key(),
          PASSWORD.toCharArray(),
          credential.chain().toArray(Certificate[]::new));
      SSLSocketFactory sockets =
          new SSLSocketFactory(
              "TLS",
              store,
              PASSWORD,
              null,
              null,
              (chain, authType) -> true,
              new AllowAllHostnameVerifier());
      return given()
          .config(
              io.restassured.RestAssured.config()
                  .sslConfig(SSLConfig.sslConfig().sslSocketFactory(sockets)))
          .baseUri("https://127.0.0.1")
          .port(config("keypost.keyserver.port", Integer.class))
          .urlEncodingEnabled(false)
          .contentType(ContentType.JSON);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate chain, leaf first, and the leaf's key. */
  record Credential(List<X509Certificate> chain, PrivateKey key) {}

  /** What a server's enrolment gave. */
  record Server(Credential credential, Response response) {}

  /** A code for a server of this operator. */
  static String serverCode(String service, String host, Map<String, Object> more) {
    Map<String, Object> body = new java.util.HashMap<>(more);
    body.put("service", service);
    body.put("hosts", List.of(host));
    body.putIfAbsent("purpose", "SERVER");
    return OperatorApi.operator()
        .body(body)
        .post("/operator/servers/codes")
        .then()
        .statusCode(201)
        .extract()
        .path("code");
  }

  /** Enrols a server, really. */
  static Server enrolServer(MailDomain operator, String code) {
    KeyPair keys = P256.generate(RANDOM);
    Response response =
        anyone()
            .contentType(ContentType.JSON)
            .body(
                Map.of(
                    "code",
                    code,
                    "server_request",
                    CertificateRequest.make(operator, CertificateUse.SERVER, keys, RANDOM).toPem()))
            .post("/v1/server-enrolments");
    response.then().statusCode(201);
    List<X509Certificate> chain = new ArrayList<>();
    response
        .<List<String>>path("server_certificates")
        .forEach(pem -> chain.add(CertificateCodec.fromPem(pem)));
    return new Server(new Credential(chain, keys.getPrivate()), response);
  }
}
