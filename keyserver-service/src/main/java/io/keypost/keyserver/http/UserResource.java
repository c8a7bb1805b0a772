package io.keypost.keyserver.http;

import io.keypost.keyserver.Operator;
import io.keypost.keyserver.desk.EnrolmentDesk;
import io.keypost.keyserver.desk.Records;
import io.keypost.keyserver.enrolment.EnrolmentRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Enrolment of users and their certificates. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class UserResource {
  /** Longest certificate in base64url, in characters. */
  private static final int MAX_CERTIFICATE_CHARACTERS = 88 * 1024;

  private final EnrolmentDesk enrolments;
  private final Records records;
  private final Operator operator;
  private final CurrentCaller caller;

  @Inject
  UserResource(EnrolmentDesk enrolments, Records records, Operator operator, CurrentCaller caller) {
    this.enrolments = enrolments;
    this.records = records;
    this.operator = operator;
    this.caller = caller;
  }

  /** The address as it stands in the directory now. */
  public record UserAnswer(String address, String operator, String record) {}

  /** A certificate in base64url. */
  public record CertificateBody(
      @NotNull @Size(max = MAX_CERTIFICATE_CHARACTERS) String certificate) {}

  /** Enrols a user with a one-time code; the body is a JWS of type kp-enrolment. */
  @POST
  @Path("/enrolments")
  @Consumes("application/jose")
  @ResponseStatus(201)
  @Permit(Permit.Kind.ANYONE)
  public UserAnswer enrol(@NotNull @Size(max = EnrolmentRequest.MAX_CHARACTERS) String compact) {
    EnrolmentRequest request = EnrolmentRequest.parse(compact);
    enrolments.enrol(request);
    return answer(request.address());
  }

  /** Publishes a certificate that continues the one that stands. */
  @PUT
  @Path("/certificate")
  @Consumes(MediaType.APPLICATION_JSON)
  @Permit(Permit.Kind.USER)
  public UserAnswer update(@NotNull @Valid CertificateBody body) {
    enrolments.update(caller.user(), Bytes.parseBase64Url(body.certificate()));
    return answer(caller.user());
  }

  private UserAnswer answer(Address address) {
    return new UserAnswer(
        address.toString(),
        operator.domain().value(),
        Optional.ofNullable(records.addresses(address.domain(), List.of(address)).get(address))
            .orElseThrow()
            .jws());
  }
}
