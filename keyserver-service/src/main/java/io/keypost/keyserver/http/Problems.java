package io.keypost.keyserver.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalStatus;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every error of the public port as a problem (RFC 9457) with a stable code. */
class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  @ServerExceptionMapper
  RestResponse<Problem> refused(RefusedException e) {
    return answer(e.refusal());
  }

  /** Jackson's own: its built-in mapper would answer without a body. */
  @ServerExceptionMapper({MismatchedInputException.class, StreamReadException.class})
  RestResponse<Problem> notTheJson(JsonProcessingException e) {
    return answer(
        Refusal.of(RefusalCode.MALFORMED_REQUEST, "the body is not the JSON that is taken here"));
  }

  @ServerExceptionMapper
  RestResponse<Problem> invalid(ConstraintViolationException e) {
    String detail =
        e.getConstraintViolations().stream()
            .map(violation -> lastNode(violation) + " " + violation.getMessage())
            .sorted()
            .findFirst()
            .orElse("not valid");
    return answer(Refusal.of(RefusalCode.MALFORMED_REQUEST, detail));
  }

  /**
   * What the REST layer refuses by itself: no such path, method or media type; a body too large.
   */
  @ServerExceptionMapper
  RestResponse<Problem> web(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    RefusalCode code = RefusalStatus.codeFor(status);
    Problem problem = Problem.of(Refusal.of(code, code.text()));
    // The status that HTTP has for it says more than the code's own: 405, 406, 415.
    return respond(
        new Problem(problem.type(), problem.title(), status, problem.code(), problem.detail()));
  }

  @ServerExceptionMapper
  RestResponse<Problem> fault(Throwable e) {
    LOG.error("a request failed by a fault of this service", e);
    return answer(Refusal.of(RefusalCode.UNAVAILABLE, "a fault of this key server; it is logged"));
  }

  static RestResponse<Problem> answer(Refusal refusal) {
    ResponseBuilder<Problem> builder = builder(Problem.of(refusal));
    Problem.retryAfter(refusal)
        .ifPresent(wait -> builder.header(HttpHeaders.RETRY_AFTER, Math.max(1, wait.toSeconds())));
    return builder.build();
  }

  private static RestResponse<Problem> respond(Problem problem) {
    return builder(problem).build();
  }

  private static ResponseBuilder<Problem> builder(Problem problem) {
    return ResponseBuilder.<Problem>create(problem.status())
        .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .entity(problem);
  }

  private static String lastNode(ConstraintViolation<?> violation) {
    String last = "";
    for (Path.Node node : violation.getPropertyPath()) {
      last = node.getName() == null ? last : node.getName();
    }
    return last;
  }
}
