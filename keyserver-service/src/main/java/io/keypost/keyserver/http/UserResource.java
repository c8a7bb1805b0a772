package io.keypost.keyserver.http;

import io.keypost.keyserver.desk.EnrolmentDesk;
import io.keypost.keyserver.enrolment.EnrolmentRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Enrolment of users. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class UserResource {
  private final EnrolmentDesk enrolments;
  private final UserAnswers answers;

  @Inject
  UserResource(EnrolmentDesk enrolments, UserAnswers answers) {
    this.enrolments = enrolments;
    this.answers = answers;
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
