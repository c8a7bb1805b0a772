package io.keypost.keyserver.http;

import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.memory.IncidentDocument;
import io.keypost.directory.memory.PinDocument;
import io.keypost.keyserver.pin.IncidentLedger;
import io.keypost.keyserver.pin.PinLedger;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this operator's own servers remember of pins, and what they found (KP-PIN-20). */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class PinResource {
  private final PinLedger pins;
  private final IncidentLedger incidents;

  @Inject
  PinResource(PinLedger pins, IncidentLedger incidents) {
    this.pins = pins;
    this.incidents = incidents;
  }

  /** What is remembered; null when nothing is. */
  public record RecallAnswer(@Nullable PinDocument remembered) {}

  /** What to remember, and what is thought to be remembered so far. */
  public record ReplaceBody(@Nullable PinDocument expected, @NotNull PinDocument replacement) {}

  /** Whether it was remembered. */
  public record ReplaceAnswer(boolean replaced) {}

  /** Says what is remembered of a domain. */
  @GET
  @Path("/pins/{domain}")
  @Permit(Permit.Kind.OWN_SERVER)
  public RecallAnswer recall(@PathParam("domain") @Size(max = 253) String domain) {
    return new RecallAnswer(
        pins.recall(MailDomain.parseCanonical(domain)).map(PinDocument::of).orElse(null));
  }

  /** Remembers, if nobody was faster. */
  @PUT
  @Path("/pins/{domain}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Permit(Permit.Kind.OWN_SERVER)
  public ReplaceAnswer replace(
      @PathParam("domain") @Size(max = 253) String domain, @NotNull ReplaceBody body) {
    PinDocument replacement = body.replacement();
    if (replacement == null) {
      throw malformed("no replacement");
    }
    return new ReplaceAnswer(
        pins.replace(
            MailDomain.parseCanonical(domain),
            Optional.ofNullable(body.expected()).map(PinDocument::toPin),
            replacement.toPin()));
  }

  /** Keeps what a server found that a person must look at. */
  @POST
  @Path("/incidents")
  @Consumes(MediaType.APPLICATION_JSON)
  @Permit(Permit.Kind.OWN_SERVER)
  public void report(@NotNull IncidentDocument incident) {
    switch (required(incident.incident(), "incident")) {
      case IncidentDocument.CONTINUITY_BROKEN ->
          incidents.hold(
              MailDomain.parseCanonical(required(incident.domain(), "domain")),
              Digest.parseBase64Url(required(incident.shown(), "shown")),
              security(required(incident.security(), "security")));
      case IncidentDocument.EQUIVOCATION -> incidents.keep(contradicting(incident));
      default -> throw malformed("no such incident");
    }
  }

  private static IncidentLedger.Contradicting contradicting(IncidentDocument incident) {
    String kind = required(incident.kind(), "kind");
    String subject = required(incident.subject(), "subject");
    String record = required(incident.record(), "record");
    if (Arrays.stream(RecordKind.values()).noneMatch(known -> known.typ().equals(kind))
        || record.length() > IncidentDocument.MAX_RECORD_CHARACTERS) {
      throw malformed("not a record that is kept");
    }
    return new IncidentLedger.Contradicting(
        kind,
        canonical(subject),
        bounded(incident.gen(), "gen"),
        bounded(incident.seq(), "seq"),
        record);
  }

  private static String canonical(String subject) {
    return subject.indexOf('@') < 0
        ? MailDomain.parseCanonical(subject).value()
        : Address.parseCanonical(subject).toString();
  }

  private static DnsSecurity security(String word) {
    return switch (word) {
      case "secure" -> DnsSecurity.SECURE;
      case "insecure" -> DnsSecurity.INSECURE;
      default -> throw malformed("security is secure or insecure");
    };
  }

  private static long bounded(@Nullable Long number, String name) {
    if (number == null || number < 0 || number > Pin.MAX_GEN) {
      throw malformed(name + " is 0 to " + Pin.MAX_GEN);
    }
    return number;
  }

  private static String required(@Nullable String value, String name) {
    if (value == null) {
      throw malformed(name + " is missing");
    }
    return value;
  }

  private static RefusedException malformed(String why) {
    return RefusedException.of(RefusalCode.MALFORMED_REQUEST, why);
  }
}
