package io.keypost.keyserver.management;

import io.keypost.directory.memory.PinDocument;
import io.keypost.keyserver.management.OperatorRoutes.Answer;
import io.keypost.keyserver.management.OperatorRoutes.OperatorRequest;
import io.keypost.keyserver.pin.IncidentLedger;
import io.keypost.keyserver.pin.PinLedger;
import io.keypost.keyserver.store.HeldRootRow;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is remembered of domains' pins, and what waits for an administrator. */
@Singleton
class PinRoutes {
  private static final int DEFAULT_PAGE = 100;

  private final OperatorRoutes routes;
  private final PinLedger pins;
  private final IncidentLedger incidents;

  @Inject
  PinRoutes(OperatorRoutes routes, PinLedger pins, IncidentLedger incidents) {
    this.routes = routes;
    this.pins = pins;
    this.incidents = incidents;
  }

  void register(@Observes ManagementInterface management) {
    Router router = management.router();
    routes.add(router, HttpMethod.GET, "/operator/pins/held", this::held);
    routes.add(router, HttpMethod.GET, "/operator/pins/:domain", this::show);
    routes.add(router, HttpMethod.POST, "/operator/pins/:domain/acceptance", this::accept);
    routes.add(router, HttpMethod.GET, "/operator/equivocations", this::equivocations);
  }

  /** The root that is to be taken, base64url. */
  record AcceptBody(@NotBlank @Size(max = 64) String root) {}

  /** A root that is held. */
  record HeldAnswer(
      String domain, String root, String security, Instant first_seen, Instant last_seen) {
    static HeldAnswer of(HeldRootRow row) {
      return new HeldAnswer(
          row.domain,
          row.root,
          row.security.name().toLowerCase(Locale.ROOT),
          row.firstSeen,
          row.lastSeen);
    }
  }

  /** What is remembered of a domain. */
  record PinAnswer(String domain, PinDocument remembered, List<HeldAnswer> held) {}

  /** One of at least two records that contradict each other. */
  record ContradictingAnswer(
      String kind, String subject, long gen, long seq, String record, Instant received) {}

  private Answer held(OperatorRequest request) {
    return Answer.ok(
        Map.of(
            "held",
            pins.held(request.query("limit", DEFAULT_PAGE)).stream().map(HeldAnswer::of).toList()));
  }

  private Answer show(OperatorRequest request) {
    return Answer.ok(answer(pins.find(MailDomain.parse(request.path("domain")))));
  }

  private static PinAnswer answer(PinLedger.Remembered found) {
    return new PinAnswer(
        found.domain().value(),
        PinDocument.of(found.pin()),
        found.held().stream().map(HeldAnswer::of).toList());
  }

  private Answer accept(OperatorRequest request) {
    MailDomain domain = MailDomain.parse(request.path("domain"));
    pins.accept(domain, Digest.parseBase64Url(request.body(AcceptBody.class).root()));
    return Answer.ok(answer(pins.find(domain)));
  }

  private Answer equivocations(OperatorRequest request) {
    return Answer.ok(
        Map.of(
            "records",
            incidents.newest(request.query("limit", DEFAULT_PAGE)).stream()
                .map(
                    kept ->
                        new ContradictingAnswer(
                            kept.record().kind(),
                            kept.record().subject(),
                            kept.record().gen(),
                            kept.record().seq(),
                            kept.record().jws(),
                            kept.received()))
                .toList()));
  }
}
