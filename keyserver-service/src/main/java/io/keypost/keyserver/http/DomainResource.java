package io.keypost.keyserver.http;

import io.keypost.keyserver.desk.Records;
import io.keypost.protocol.address.MailDomain;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What anyone may ask of a domain or operator hosted here. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class DomainResource {
  private final Records records;

  @Inject
  DomainResource(Records records) {
    this.records = records;
  }

  /** A signed record, JWS compact. */
  public record RecordAnswer(String record) {}

  /** A root statement, JWS compact. */
  public record StatementAnswer(String statement) {}

  /** kp-domain. */
  @GET
  @Path("/domains/{domain}")
  @Permit(Permit.Kind.ANYONE)
  public RecordAnswer domain(@PathParam("domain") @Size(max = 253) String domain) {
    return new RecordAnswer(records.domain(MailDomain.parse(domain)));
  }

  /** kp-root. */
  @GET
  @Path("/domains/{domain}/root-statement")
  @Permit(Permit.Kind.ANYONE)
  public StatementAnswer rootStatement(@PathParam("domain") @Size(max = 253) String domain) {
    return new StatementAnswer(records.rootStatement(MailDomain.parse(domain)));
  }

  /** kp-revocations. */
  @GET
  @Path("/domains/{domain}/revocations")
  @Permit(Permit.Kind.ANYONE)
  public RecordAnswer revocations(@PathParam("domain") @Size(max = 253) String domain) {
    return new RecordAnswer(records.revocations(MailDomain.parse(domain)));
  }

  /** kp-servers. */
  @GET
  @Path("/operators/{domain}/servers")
  @Permit(Permit.Kind.ANYONE)
  public RecordAnswer servers(@PathParam("domain") @Size(max = 253) String domain) {
    return new RecordAnswer(records.servers(MailDomain.parse(domain)));
  }
}
