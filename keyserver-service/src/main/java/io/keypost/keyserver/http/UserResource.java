package io.keypost.keyserver.http;

import io.keypost.keyserver.desk.AliasDesk;
import io.keypost.keyserver.desk.EnrolmentDesk;
import io.keypost.keyserver.enrolment.EnrolmentRequest;
import io.keypost.protocol.openpgp.KeyStatement;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Enrolment of users, and what they state of their addresses. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class UserResource {
  private final EnrolmentDesk enrolments;
  private final AliasDesk aliases;
  private final UserAnswers answers;
  private final CurrentCaller caller;

  @Inject
  UserResource(
      EnrolmentDesk enrolments, AliasDesk aliases, UserAnswers answers, CurrentCaller caller) {
    this.enrolments = enrolments;
    this.aliases = aliases;
    this.answers = answers;
    this.caller = caller;
  }

  /** A statement of the user's primary key about the address, as carried. */
  public record StatementBody(@NotNull @Size(max = KeyStatement.MAX_CHARACTERS) String statement) {}

  /** Takes the next statement of the caller's address: where it points, or that it is a mailbox. */
  @POST
  @Path("/statements")
  @Consumes(MediaType.APPLICATION_JSON)
  @Permit(Permit.Kind.USER)
  public UserAnswers.UserAnswer state(@NotNull @Valid StatementBody body) {
    aliases.state(caller.user(), KeyStatement.parse(body.statement()));
    return answers.of(caller.user());
  }

  /** Enrols a user with a one-time code; the body is a JWS of type kp-enrolment. */
  @POST
  @Path("/enrolments")
  @Consumes("application/jose")
  @ResponseStatus(201)
  @Permit(Permit.Kind.ANYONE)
  public UserAnswers.UserAnswer enrol(
      @NotNull @Size(max = EnrolmentRequest.MAX_CHARACTERS) String compact) {
    EnrolmentRequest request = EnrolmentRequest.parse(compact);
    enrolments.enrol(request);
    return answers.of(request.address());
  }
}
