package io.keypost.keyserver.management;

import io.keypost.keyserver.Operator;
import io.keypost.keyserver.authority.AuthorityUpload;
import io.keypost.keyserver.desk.AuthorityDesk;
import io.keypost.keyserver.desk.PublishedPins;
import io.keypost.keyserver.management.OperatorRoutes.Answer;
import io.keypost.keyserver.management.OperatorRoutes.OperatorRequest;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.pin.Pin;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Domains and the ceremony with their roots. */
@Singleton
class DomainRoutes {
  private final OperatorRoutes routes;
  private final AuthorityDesk authority;
  private final Operator operator;
  private final PublishedPins pins;

  @Inject
  DomainRoutes(
      OperatorRoutes routes, AuthorityDesk authority, Operator operator, PublishedPins pins) {
    this.routes = routes;
    this.authority = authority;
    this.operator = operator;
    this.pins = pins;
  }

  void register(@Observes ManagementInterface management) {
    Router router = management.router();
    routes.add(router, HttpMethod.GET, "/operator/domains", this::list);
    routes.add(router, HttpMethod.GET, "/operator/domains/:domain", this::show);
    routes.add(router, HttpMethod.POST, "/operator/domains/:domain/init", this::init);
    routes.add(router, HttpMethod.PUT, "/operator/domains/:domain/authority", this::install);
  }

  /** Body of init: who keeps the root, {@code OWNER} if absent. */
  record InitBody(DomainRow.@Nullable Management management) {}

  /** Body of authority: two certificates in PEM, the root statement as JWS. */
  record AuthorityBody(
      @NotBlank @Size(max = 16 * 1024) String root_certificate,
      @NotBlank @Size(max = 16 * 1024) String ca_certificate,
      @NotBlank @Size(max = 16 * 1024) String root_statement) {}

  /** Whether a domain's authority was uploaded. */
  enum State {
    awaiting_authority,
    ready
  }

  /** What to publish in DNS: name and text of the pin's TXT record. */
  record DnsEntry(String name, String txt) {}

  /** A domain as operators see it. */
  record DomainAnswer(
      String domain,
      State state,
      DomainRow.Management management,
      long gen,
      @Nullable DnsEntry dns) {}

  /** The request for the owner of the root, PEM. */
  record InitAnswer(String domain, String operator, String request) {}

  private Answer list(OperatorRequest request) {
    List<DomainAnswer> domains = authority.domains().stream().map(this::answer).toList();
    return Answer.ok(Map.of("operator", operator.domain().value(), "domains", domains));
  }

  private Answer show(OperatorRequest request) {
    return Answer.ok(answer(authority.domain(domain(request))));
  }

  private Answer init(OperatorRequest request) {
    MailDomain domain = domain(request);
    DomainRow.Management asked = request.body(InitBody.class).management();
    DomainRow.Management management = asked == null ? DomainRow.Management.OWNER : asked;
    return Answer.ok(
        new InitAnswer(
            domain.value(),
            operator.domain().value(),
            authority.request(domain, management).toPem()));
  }

  private Answer install(OperatorRequest request) {
    MailDomain domain = domain(request);
    AuthorityBody body = request.body(AuthorityBody.class);
    authority.install(
        new AuthorityUpload(
            domain,
            CertificateCodec.fromPem(body.root_certificate()),
            CertificateCodec.fromPem(body.ca_certificate()),
            body.root_statement()));
    return Answer.ok(answer(authority.domain(domain)));
  }

  private DomainAnswer answer(DomainRow row) {
    MailDomain domain = new MailDomain(row.name);
    byte[] root = row.rootCertificate;
    String statement = row.rootStatement;
    return root == null || statement == null
        ? new DomainAnswer(row.name, State.awaiting_authority, row.management, row.gen, null)
        : new DomainAnswer(
            row.name,
            State.ready,
            row.management,
            row.gen,
            dns(domain, CertificateCodec.decode(Bytes.copyOf(root)), statement));
  }

  private DnsEntry dns(MailDomain domain, X509Certificate root, String statement) {
    return new DnsEntry(Pin.LABEL + "." + domain, pins.of(domain, root, statement).toTxt());
  }

  static MailDomain domain(OperatorRequest request) {
    return MailDomain.parse(request.path("domain"));
  }
}
