package io.keypost.client.operator;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.json.Json;
import io.keypost.client.json.Problems;
import io.keypost.client.root.Authority;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with a key server's management port, which listens on loopback unless its operator puts it
 * behind something else. Every request carries the admin token.
 */
public final class Administration implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** 256 bits in some text form. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_+/=-]{32,128}");

  private final URI management;
  private final Path adminTokenFile;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  /**
   * @param management for example {@code http://127.0.0.1:9000}
   * @param adminTokenFile written by the key server at its first start; read for each request
   */
  public Administration(URI management, Path adminTokenFile) {
    this.management = management;
    this.adminTokenFile = adminTokenFile;
  }

  private record RequestAnswer(@Nullable String request) {}

  private record CodeAnswer(@Nullable String code) {}

  private record CertificatesAnswer(@Nullable List<CertificateState> certificates) {}

  private record ServersAnswer(@Nullable List<ServerState> servers) {}

  private record DomainsAnswer(@Nullable List<DomainState> domains) {}

  /** Has the operational CA's key made, and gives its request in PEM for the offline root. */
  public String init(MailDomain domain) {
    return Json.required(
        send("POST", "/operator/domains/" + domain + "/init", Map.of(), RequestAnswer.class)
            .request(),
        "request");
  }

  /** As {@link #init}, of a domain whose root the provider keeps. */
  public String initManaged(MailDomain domain) {
    return Json.required(
        send(
                "POST",
                "/operator/domains/" + domain + "/init",
                Map.of("management", "PROVIDER"),
                RequestAnswer.class)
            .request(),
        "request");
  }

  /** Uploads what the root signed. */
  public DomainState authority(MailDomain domain, Authority authority) {
    return send(
        "PUT",
        "/operator/domains/" + domain + "/authority",
        Map.of(
            "root_certificate", authority.rootCertificate(),
            "ca_certificate", authority.caCertificate(),
            "root_statement", authority.rootStatement()),
        DomainState.class);
  }

  /** One domain. */
  public DomainState domain(MailDomain domain) {
    return send("GET", "/operator/domains/" + domain, null, DomainState.class);
  }

  /** All domains. */
  public List<DomainState> domains() {
    return Json.required(
        send("GET", "/operator/domains", null, DomainsAnswer.class).domains(), "domains");
  }

  /** A one-time code with which the holder of {@code address} enrols. */
  public String addressCode(Address address) {
    return addressCode(address, false);
  }

  /**
   * A one-time code with which the holder of {@code address} begins anew after losing devices and
   * recovery code: with a new key, and without the word of the last one. Everybody who wrote to the
   * address is shown that.
   */
  public String replacementCode(Address address) {
    return addressCode(address, true);
  }

  private String addressCode(Address address, boolean replacesKey) {
    return Json.required(
        send(
                "POST",
                "/operator/domains/" + address.domain() + "/codes",
                Map.of("address", address.toString(), "replaces_key", replacesKey),
                CodeAnswer.class)
            .code(),
        "code");
  }

  /**
   * A one-time code with which a service gets its certificates.
   *
   * @param service for example {@code ingress}
   * @param hosts names that its certificate is for, each within the operator's domain
   * @param pool where it receives, for a service that does
   */
  public String serverCode(
      String service, List<MailDomain> hosts, ServerPurpose purpose, Optional<PoolMember> pool) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("service", service);
    body.put("hosts", hosts.stream().map(MailDomain::value).toList());
    body.put("purpose", purpose.name());
    pool.ifPresent(
        member ->
            body.put(
                "pool",
                Map.of(
                    "name", member.pool(),
                    "host", member.host().value(),
                    "port", member.port(),
                    "priority", member.priority(),
                    "weight", member.weight())));
    return Json.required(
        send("POST", "/operator/servers/codes", body, CodeAnswer.class).code(), "code");
  }

  /** Every receiving server of the operator. */
  public List<ServerState> servers() {
    return Json.required(
        send("GET", "/operator/servers", null, ServersAnswer.class).servers(), "servers");
  }

  /**
   * Takes a receiving server out of service, or back.
   *
   * @param port only the one there; all of the host if empty
   * @return those that were meant
   */
  public List<ServerState> setServer(MailDomain host, Optional<Integer> port, ServerWish wish) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("host", host.value());
    port.ifPresent(number -> body.put("port", number));
    body.put("state", wish.name());
    return Json.required(
        send("PUT", "/operator/servers/state", body, ServersAnswer.class).servers(), "servers");
  }

  /** The certificates of a domain, newest first. */
  public List<CertificateState> certificates(MailDomain domain) {
    return Json.required(
        send("GET", "/operator/domains/" + domain + "/certificates", null, CertificatesAnswer.class)
            .certificates(),
        "certificates");
  }

  /**
   * Revokes a certificate of a server, of receipts or of a domain's signer.
   *
   * @throws RefusedException {@code not_found}; {@code conflict} for an operational CA, which only
   *     its root ends
   */
  public void revokeCertificate(Digest certificate) {
    send(
        "POST",
        "/operator/certificates/" + certificate.base64Url() + "/revocation",
        Map.of(),
        Object.class);
  }

  /** Points {@code alias} at {@code target}, who has consented. */
  public void alias(Address alias, Address target) {
    send("PUT", aliasPath(alias), Map.of("target", target.toString()), Object.class);
  }

  /** Makes an alias point nowhere. */
  public void unalias(Address alias) {
    send("DELETE", aliasPath(alias), null, Object.class);
  }

  private static String aliasPath(Address alias) {
    return "/operator/domains/" + alias.domain() + "/aliases/" + encoded(alias.local());
  }

  /** Revokes an address: it receives and sends no more. */
  public void revoke(Address address) {
    send(
        "POST",
        "/operator/addresses/" + encoded(address.toString()) + "/revocation",
        Map.of(),
        Object.class);
  }

  /** Shuts a mailbox until {@link #resume}. */
  public void suspend(Address address) {
    send("POST", suspension(address), Map.of(), Object.class);
  }

  /** Opens a suspended mailbox again. */
  public void resume(Address address) {
    send("DELETE", suspension(address), null, Object.class);
  }

  private static String suspension(Address address) {
    return "/operator/addresses/" + encoded(address.toString()) + "/suspension";
  }

  /** Deletes a user: the address is unknown from now on. */
  public void delete(Address address) {
    send("DELETE", "/operator/addresses/" + encoded(address.toString()), null, Object.class);
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private <T> T send(String method, String path, @Nullable Object body, Class<T> answer) {
    HttpResponse<byte[]> response = exchange(method, path, body);
    Bytes octets = Bytes.copyOf(response.body());
    if (response.statusCode() >= 400) {
      throw Problems.of(response.statusCode(), octets);
    }
    return Json.read(octets.isEmpty() ? Bytes.utf8("{}") : octets, answer);
  }

  private HttpResponse<byte[]> exchange(String method, String path, @Nullable Object body) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(management.resolve(path))
              .timeout(TIMEOUT)
              .header("Authorization", "Bearer " + adminToken())
              .header("Accept", "application/json, application/problem+json");
      if (body == null) {
        request.method(method, HttpRequest.BodyPublishers.noBody());
      } else {
        request
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(Json.write(body)));
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, inWords(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "interrupted", e);
    }
  }

  private String inWords(IOException error) {
    return switch (error) {
      case ConnectException nobody ->
          "nothing answers at "
              + management
              + ": the key server does not run there, or --management is another";
      case HttpTimeoutException late ->
          "no answer from " + management + " within " + TIMEOUT.toSeconds() + " s";
      default -> "the connection to " + management + " broke off";
    };
  }

  /** Another file's content must not reach an error message, nor the wire. */
  private String adminToken() {
    String token = PrivateFiles.text(adminTokenFile).strip();
    if (!TOKEN.matcher(token).matches()) {
      throw RefusedException.of(
          RefusalCode.UNAUTHENTICATED, adminTokenFile + " does not hold an admin token");
    }
    return token;
  }

  /** Ends its connections. */
  @Override
  public void close() {
    http.close();
  }
}
