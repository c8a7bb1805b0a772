package io.keypost.keyserver.http;

import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.keyserver.desk.ConsentDesk;
import io.keypost.keyserver.desk.Waiting;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Consents of users here to aliases that point at them. */
@Path("/v1/consents")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class ConsentResource {
  /** Largest signature in base64url, in characters. */
  private static final int MAX_SIGNATURE_CHARACTERS = 2 * ConsentRecord.MAX_SIGNATURE_OCTETS;

  private final ConsentDesk consents;
  private final DirectoryClient directory;
  private final CurrentCaller caller;

  @Inject
  ConsentResource(ConsentDesk consents, DirectoryClient directory, CurrentCaller caller) {
    this.consents = consents;
    this.directory = directory;
    this.caller = caller;
  }

  /** A consent as the target signed it, the signature in base64url. */
  public record ConsentBody(
      @NotNull @Size(max = 320) String alias,
      @NotNull @Size(max = 320) String target,
      @NotNull @Positive Long serial,
      @NotNull @Size(max = MAX_SIGNATURE_CHARACTERS) String signature) {}

  /** Which consent is asked for. */
  public record ConsentQuestion(
      @NotNull @Size(max = 320) String alias, @NotNull @Size(max = 320) String target) {}

  /** kp-consent, JWS. */
  public record ConsentAnswer(String consent) {}

  /** Consents that an alias points at the caller. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @ResponseStatus(201)
  @Permit(Permit.Kind.USER)
  public ConsentAnswer give(@NotNull @Valid ConsentBody body) {
    return new ConsentAnswer(
        consents.give(
            new ConsentDesk.Given(
                Address.parse(body.alias()),
                own(body.target()),
                body.serial(),
                Bytes.parseBase64Url(body.signature()))));
  }

  /** What the caller gave, and what is asked for. */
  @GET
  @Permit(Permit.Kind.USER)
  public ConsentDesk.Consents list() {
    return consents.of(caller.user());
  }

  /** Takes a consent back. */
  @DELETE
  @Permit(Permit.Kind.USER)
  public void withdraw(
      @QueryParam("alias") @NotNull @Size(max = 320) String alias,
      @QueryParam("target") @NotNull @Size(max = 320) String target) {
    consents.withdraw(Address.parse(alias), own(target));
  }

  /** Shows the caller a request no more. */
  @DELETE
  @Path("/requests")
  @Permit(Permit.Kind.USER)
  public void dismiss(@QueryParam("alias") @NotNull @Size(max = 320) String alias) {
    consents.dismiss(Address.parse(alias), caller.user());
  }

  /** Shows a consent to the operator of the alias's domain, who publishes it with the alias. */
  @POST
  @Path("/lookup")
  @Consumes(MediaType.APPLICATION_JSON)
  @Permit(Permit.Kind.OPERATOR)
  public ConsentAnswer find(@NotNull @Valid ConsentQuestion question) {
    Address alias = Address.parse(question.alias());
    if (caller.get() instanceof Caller.Operator operator) {
      requireOperatorOf(operator.peer(), alias);
    }
    return new ConsentAnswer(consents.ask(alias, Address.parse(question.target())));
  }

  /** Nobody else has a use for it, and whom somebody lets point at him is his own affair. */
  private void requireOperatorOf(VerifiedPeer peer, Address alias) {
    Waiting.on(directory.peers().requireNamed(peer, alias.domain()));
  }

  private Address own(String target) {
    Address address = Address.parse(target);
    if (!address.equals(caller.user())) {
      throw RefusedException.of(RefusalCode.FORBIDDEN, "a consent is the target's own to give");
    }
    return address;
  }
}
