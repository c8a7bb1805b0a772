package io.keypost.keyserver.management;

import io.keypost.keyserver.alias.AliasChange;
import io.keypost.keyserver.desk.AliasDesk;
import io.keypost.keyserver.desk.AuditLog;
import io.keypost.keyserver.desk.CertificateDesk;
import io.keypost.keyserver.desk.Codes;
import io.keypost.keyserver.desk.Codes.Given;
import io.keypost.keyserver.desk.Codes.PoolPlace;
import io.keypost.keyserver.desk.UserDesk;
import io.keypost.keyserver.management.OperatorRoutes.Answer;
import io.keypost.keyserver.management.OperatorRoutes.OperatorRequest;
import io.keypost.keyserver.store.AuditEntryRow;
import io.keypost.keyserver.store.ServerCodeRow;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Codes, aliases, revocation and the audit log. */
@Singleton
class DirectoryRoutes {
  private static final int DEFAULT_AUDIT_ENTRIES = 100;

  private final OperatorRoutes routes;
  private final Codes codes;
  private final AliasDesk aliases;
  private final UserDesk users;
  private final CertificateDesk certificates;
  private final AuditLog audit;

  @Inject
  DirectoryRoutes(
      OperatorRoutes routes,
      Codes codes,
      AliasDesk aliases,
      UserDesk users,
      CertificateDesk certificates,
      AuditLog audit) {
    this.routes = routes;
    this.codes = codes;
    this.aliases = aliases;
    this.users = users;
    this.certificates = certificates;
    this.audit = audit;
  }

  void register(@Observes ManagementInterface management) {
    Router router = management.router();
    routes.add(router, HttpMethod.POST, "/operator/domains/:domain/codes", this::addressCode);
    routes.add(router, HttpMethod.POST, "/operator/servers/codes", this::serverCode);
    routes.add(
        router,
        HttpMethod.POST,
        "/operator/certificates/:digest/revocation",
        this::revokeCertificate);
    routes.add(
        router, HttpMethod.GET, "/operator/domains/:domain/certificates", this::certificates);
    routes.add(router, HttpMethod.PUT, "/operator/domains/:domain/aliases/:local", this::setAlias);
    routes.add(
        router, HttpMethod.DELETE, "/operator/domains/:domain/aliases/:local", this::endAlias);
    routes.add(router, HttpMethod.POST, "/operator/addresses/:address/revocation", this::revoke);
    routes.add(router, HttpMethod.POST, "/operator/addresses/:address/suspension", this::suspend);
    routes.add(router, HttpMethod.DELETE, "/operator/addresses/:address/suspension", this::resume);
    routes.add(router, HttpMethod.DELETE, "/operator/addresses/:address", this::delete);
    routes.add(router, HttpMethod.GET, "/operator/audit", this::auditLog);
  }

  /** Whom a code is for, and whether it lets another key in without the word of the last. */
  record CodeBody(@NotBlank @Size(max = 320) String address, @Nullable Boolean replaces_key) {}

  /** A code, shown once. */
  record CodeAnswer(String code, Instant expires) {}

  /** What a server's certificates will say. */
  record ServerCodeBody(
      @NotBlank @Pattern(regexp = "[a-z0-9-]{1,64}") String service,
      @NotNull @Size(min = 1, max = 16) List<@NotBlank @Size(max = 253) String> hosts,
      @NotNull ServerCodeRow.Purpose purpose,
      @Nullable @Valid PoolBody pool) {}

  /** Where it receives. */
  record PoolBody(
      @NotBlank @Pattern(regexp = "[a-z0-9-]{1,63}") String name,
      @NotBlank @Size(max = 253) String host,
      @NotNull @Min(1) @Max(65535) Integer port,
      @NotNull @Min(0) @Max(65535) Integer priority,
      @NotNull @Min(0) @Max(65535) Integer weight) {}

  /** Where an alias points; for an address that has a key, its own statement of that. */
  record AliasBody(
      @NotBlank @Size(max = 320) String target,
      @Nullable @Size(max = KeyStatement.MAX_CHARACTERS) String statement) {}

  /** A certificate; {@code digest} in base64url. */
  record CertificateAnswer(
      String digest, String use, String service, Instant issued, Instant not_after, String state) {
    static CertificateAnswer of(CertificateDesk.Listed listed) {
      return new CertificateAnswer(
          listed.digest().base64Url(),
          listed.use().path(),
          listed.service(),
          listed.issued(),
          listed.notAfter(),
          listed.state().name().toLowerCase(Locale.ROOT));
    }
  }

  /** An entry of the audit log. */
  record AuditAnswer(Instant at, String actor, String action, String subject, String detail) {
    static AuditAnswer of(AuditEntryRow row) {
      return new AuditAnswer(row.at, row.actor, row.action, row.subject, row.detail);
    }
  }

  private Answer addressCode(OperatorRequest request) {
    MailDomain domain = DomainRoutes.domain(request);
    CodeBody body = request.body(CodeBody.class);
    Address address = Address.parse(body.address());
    if (!address.domain().equals(domain)) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_REQUEST, address + " is not an address of " + domain);
    }
    return answer(
        codes.forAddress(
            address,
            Boolean.TRUE.equals(body.replaces_key())
                ? Codes.Allows.REPLACING
                : Codes.Allows.CONTINUING));
  }

  private Answer serverCode(OperatorRequest request) {
    ServerCodeBody body = request.body(ServerCodeBody.class);
    return answer(
        codes.forServer(
            body.service(),
            body.hosts().stream().map(MailDomain::parse).toList(),
            body.purpose(),
            Optional.ofNullable(body.pool()).map(DirectoryRoutes::place)));
  }

  private static PoolPlace place(PoolBody pool) {
    return new PoolPlace(
        pool.name(), MailDomain.parse(pool.host()), pool.port(), pool.priority(), pool.weight());
  }

  private static Answer answer(Given given) {
    return Answer.created(new CodeAnswer(given.code().text(), given.expires()));
  }

  private Answer certificates(OperatorRequest request) {
    MailDomain domain = DomainRoutes.domain(request);
    return Answer.ok(
        Map.of(
            "domain",
            domain.value(),
            "certificates",
            certificates.of(domain).stream().map(CertificateAnswer::of).toList()));
  }

  private Answer revokeCertificate(OperatorRequest request) {
    Digest digest = Digest.parseBase64Url(request.path("digest"));
    certificates.revoke(digest);
    return Answer.ok(Map.of("certificate", digest.base64Url(), "state", "revoked"));
  }

  private Answer setAlias(OperatorRequest request) {
    AliasBody body = request.body(AliasBody.class);
    Address alias = alias(request);
    Address target = Address.parse(body.target());
    aliases.point(
        new AliasChange(
            alias, target, Optional.ofNullable(body.statement()).map(KeyStatement::parse)));
    return Answer.ok(Map.of("alias", alias.toString(), "target", target.toString()));
  }

  private Answer endAlias(OperatorRequest request) {
    Address alias = alias(request);
    aliases.end(alias);
    return Answer.ok(Map.of("alias", alias.toString(), "state", "ended"));
  }

  private static Address alias(OperatorRequest request) {
    return Address.parse(request.path("local") + "@" + DomainRoutes.domain(request));
  }

  private Answer revoke(OperatorRequest request) {
    Address address = Address.parse(request.path("address"));
    users.revoke(address);
    return Answer.ok(Map.of("address", address.toString(), "state", "revoked"));
  }

  private Answer suspend(OperatorRequest request) {
    Address address = Address.parse(request.path("address"));
    users.suspend(address);
    return Answer.ok(Map.of("address", address.toString(), "state", "suspended"));
  }

  private Answer resume(OperatorRequest request) {
    Address address = Address.parse(request.path("address"));
    users.resume(address);
    return Answer.ok(Map.of("address", address.toString(), "state", "mailbox"));
  }

  private Answer delete(OperatorRequest request) {
    Address address = Address.parse(request.path("address"));
    users.delete(address);
    return Answer.ok(Map.of("address", address.toString(), "state", "unknown"));
  }

  private Answer auditLog(OperatorRequest request) {
    List<AuditAnswer> entries =
        audit.newest(request.query("limit", DEFAULT_AUDIT_ENTRIES)).stream()
            .map(AuditAnswer::of)
            .toList();
    return Answer.ok(Map.of("entries", entries));
  }
}
