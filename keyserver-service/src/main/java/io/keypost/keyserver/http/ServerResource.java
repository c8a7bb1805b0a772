package io.keypost.keyserver.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.desk.ServerDesk;
import io.keypost.keyserver.desk.ServerDesk.Certificates;
import io.keypost.keyserver.enrolment.OneTimeCode;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Certificates for the servers of this operator. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class ServerResource {
  /** Longest request in PEM, in characters. */
  private static final int MAX_REQUEST_CHARACTERS = 8 * 1024;

  private final ServerDesk servers;
  private final CurrentCaller caller;
  private final Operator operator;

  @Inject
  ServerResource(ServerDesk servers, CurrentCaller caller, Operator operator) {
    this.servers = servers;
    this.caller = caller;
    this.operator = operator;
  }

  /** A code and one or two requests (PKCS#10, PEM). */
  public record EnrolmentBody(
      @NotBlank @Size(max = OneTimeCode.MAX_CHARACTERS) String code,
      @NotBlank @Size(max = MAX_REQUEST_CHARACTERS) String server_request,
      @Nullable @Size(max = MAX_REQUEST_CHARACTERS) String receipt_request) {}

  /** Certificates in PEM: leaf and operational CA, and the root apart. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EnrolmentAnswer(
      String operator,
      List<String> server_certificates,
      @Nullable List<String> receipt_certificates,
      String root) {}

  /** One or two requests (PKCS#10, PEM) of a server that has certificates. */
  public record RenewalBody(
      @NotBlank @Size(max = MAX_REQUEST_CHARACTERS) String server_request,
      @Nullable @Size(max = MAX_REQUEST_CHARACTERS) String receipt_request) {}

  /** Certifies new keys of a server that shows its certificate. */
  @POST
  @Path("/server-renewals")
  @ResponseStatus(201)
  @Permit(Permit.Kind.OWN_SERVER)
  public EnrolmentAnswer renew(@NotNull @Valid RenewalBody body) {
    return answer(
        servers.renew(
            caller.server(),
            CertificateRequest.fromPem(body.server_request()),
            Optional.ofNullable(body.receipt_request()).map(CertificateRequest::fromPem)));
  }

  /** Certifies a server's keys. */
  @POST
  @Path("/server-enrolments")
  @ResponseStatus(201)
  @Permit(Permit.Kind.ANYONE)
  public EnrolmentAnswer enrol(@NotNull @Valid EnrolmentBody body) {
    return answer(
        servers.enrol(
            new OneTimeCode(body.code()),
            CertificateRequest.fromPem(body.server_request()),
            Optional.ofNullable(body.receipt_request()).map(CertificateRequest::fromPem)));
  }

  private EnrolmentAnswer answer(Certificates certificates) {
    return new EnrolmentAnswer(
        operator.domain().value(),
        pem(certificates.server()),
        certificates.receipt().map(ServerResource::pem).orElse(null),
        CertificateCodec.toPem(certificates.root()));
  }

  private static List<String> pem(List<X509Certificate> chain) {
    return chain.stream().map(CertificateCodec::toPem).toList();
  }
}
