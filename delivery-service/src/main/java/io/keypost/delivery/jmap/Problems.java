package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalStatus;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every error of the public port as a problem (RFC 9457) with a stable code. */
@Singleton
class Problems {
  private static final String MEDIA_TYPE = "application/problem+json";
  private static final Logger LOG = Logger.getLogger(Problems.class);

  @ServerExceptionMapper
  RestResponse<ObjectNode> refused(RefusedException e) {
    return problem(e.refusal());
  }

  /** RFC 8620 section 3.6.1: the type is the standard's. */
  @ServerExceptionMapper
  RestResponse<ObjectNode> request(RequestError e) {
    ObjectNode problem = body(400, Refusal.of(RefusalCode.MALFORMED_REQUEST, e.detail()));
    problem.put("type", e.type().uri());
    if (e.type() == RequestError.Type.LIMIT) {
      problem.put("limit", e.detail());
    }
    return answer(400, problem).build();
  }

  /**
   * What the REST layer refuses by itself: no such path, method or media type; a body too large.
   */
  @ServerExceptionMapper
  RestResponse<ObjectNode> web(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    RefusalCode code = RefusalStatus.codeFor(status);
    return problem(status, Refusal.of(code, code.text()));
  }

  @ServerExceptionMapper
  RestResponse<ObjectNode> fault(Throwable e) {
    LOG.error("a request failed by a fault of this service", e);
    return problem(Refusal.of(RefusalCode.UNAVAILABLE, "a fault of this server; it is logged"));
  }

  private static RestResponse<ObjectNode> problem(Refusal refusal) {
    return problem(RefusalStatus.of(refusal.code()), refusal);
  }

  private static RestResponse<ObjectNode> problem(int status, Refusal refusal) {
    ResponseBuilder<ObjectNode> answer = answer(status, body(status, refusal));
    if (refusal instanceof Refusal.RetryAfter retry) {
      answer.header(HttpHeaders.RETRY_AFTER, Math.max(1, retry.after().toSeconds()));
    }
    if (status == 401) {
      answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    return answer.build();
  }

  private static ResponseBuilder<ObjectNode> answer(int status, ObjectNode problem) {
    return ResponseBuilder.<ObjectNode>create(status)
        .header(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .entity(problem);
  }

  private static ObjectNode body(int status, Refusal refusal) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "about:blank")
        .put("title", refusal.code().text())
        .put("status", status)
        .put("code", refusal.code().wire())
        .put("detail", refusal.detail());
  }
}
