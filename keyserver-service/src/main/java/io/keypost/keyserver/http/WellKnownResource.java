package io.keypost.keyserver.http;

import io.keypost.keyserver.desk.PublishedPins;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * The pin of a domain hosted here, at {@code https://keypost.<domain>/.well-known/keypost}
 * (KP-PIN-21). Which domain is in the request's host name; the certificate of a public CA for that
 * name is a proxy's before this service to show.
 */
@Path("/.well-known/keypost")
@RunOnVirtualThread
@ApplicationScoped
public class WellKnownResource {
  private static final String LABEL = "keypost.";

  private final PublishedPins pins;

  @Inject
  WellKnownResource(PublishedPins pins) {
    this.pins = pins;
  }

  /** The text that stands in DNS too. */
  @GET
  @Produces(MediaType.TEXT_PLAIN)
  @Permit(Permit.Kind.ANYONE)
  public String pin(RoutingContext routing) {
    HostAndPort authority = routing.request().authority();
    String host = authority == null ? "" : authority.host();
    if (!host.startsWith(LABEL)) {
      throw RefusedException.of(
          RefusalCode.NOT_FOUND, "a domain's pin stands at the host keypost.<domain>");
    }
    return pins.of(MailDomain.parse(host.substring(LABEL.length()))).toTxt() + "\n";
  }
}
