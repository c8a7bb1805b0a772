package io.keypost.keyserver.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.keyserver.http.Problem;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jboss.logging.Logger;

/**
 * How a route of the operators' API works: the admin token first, then at most {@value
 * #MAX_BODY_OCTETS} octets of JSON, then the work on a virtual thread, then JSON or a problem.
 */
@Singleton
class OperatorRoutes {
  /** Largest body. */
  static final int MAX_BODY_OCTETS = 256 * 1024;

  private static final Logger LOG = Logger.getLogger(OperatorRoutes.class);

  private final AdminToken adminToken;
  private final ObjectMapper json;
  private final Validator validator;
  private final ExecutorService workers;
  private final Vertx vertx;

  @Inject
  OperatorRoutes(
      AdminToken adminToken,
      ObjectMapper json,
      Validator validator,
      @VirtualThreads ExecutorService workers,
      Vertx vertx) {
    this.adminToken = adminToken;
    this.json = json;
    this.validator = validator;
    this.workers = workers;
    this.vertx = vertx;
  }

  /** What a route answers: a status and something that becomes JSON. */
  record Answer(int status, Object body) {
    static Answer ok(Object body) {
      return new Answer(200, body);
    }

    static Answer created(Object body) {
      return new Answer(201, body);
    }
  }

  /** The work of one route. */
  interface Work {
    Answer answer(OperatorRequest request);
  }

  /** What the work may look at. */
  final class OperatorRequest {
    private final RoutingContext context;

    private OperatorRequest(RoutingContext context) {
      this.context = context;
    }

    /** A parameter of the path, decoded. */
    String path(String name) {
      String value = context.pathParam(name);
      if (value == null) {
        throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "no " + name);
      }
      return value;
    }

    /** A number of the query, or {@code otherwise}. */
    int query(String name, int otherwise) {
      String value = context.request().getParam(name);
      try {
        return value == null ? otherwise : Integer.parseInt(value);
      } catch (NumberFormatException e) {
        throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, name + " is a number", e);
      }
    }

    /** The body as {@code type}, validated; an empty one is an empty object. */
    <T> T body(Class<T> type) {
      Buffer body = context.body().buffer();
      String text =
          body == null || body.length() == 0 ? "{}" : body.toString(StandardCharsets.UTF_8);
      try {
        T value = json.readValue(text, type);
        if (value == null) {
          throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "the body is null");
        }
        Set<ConstraintViolation<T>> violations = validator.validate(value);
        for (ConstraintViolation<T> violation : violations) {
          throw RefusedException.of(
              RefusalCode.MALFORMED_REQUEST,
              violation.getPropertyPath() + " " + violation.getMessage());
        }
        return value;
      } catch (JsonProcessingException e) {
        throw RefusedException.of(
            RefusalCode.MALFORMED_REQUEST, "the body is not the JSON that is taken here", e);
      }
    }
  }

  /** Adds a route. */
  void add(Router router, HttpMethod method, String path, Work work) {
    // Before the body is read, and again before the work: the second does not rest on the first
    // having been found by the same path.
    router.route(method, path).handler(this::requireToken);
    router
        .route(method, path)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_OCTETS))
        .handler(this::requireToken)
        .handler(context -> run(context, work))
        .failureHandler(context -> fail(context, failureOf(context)));
  }

  private void requireToken(RoutingContext context) {
    if (adminToken.isCarriedBy(context.request().getHeader(HttpHeaders.AUTHORIZATION))) {
      context.next();
    } else {
      fail(
          context,
          Refusal.of(RefusalCode.UNAUTHENTICATED, "this needs the operators' admin token"));
    }
  }

  private void run(RoutingContext context, Work work) {
    Context own = vertx.getOrCreateContext();
    workers.execute(
        () -> {
          Runnable reply;
          try {
            Answer answer = work.answer(new OperatorRequest(context));
            Buffer body = Buffer.buffer(json.writeValueAsBytes(answer.body()));
            reply = () -> send(context.response(), answer.status(), "application/json", body);
          } catch (RefusedException e) {
            reply = () -> fail(context, e.refusal());
          } catch (Exception e) {
            LOG.error("the operators' API failed", e);
            reply =
                () ->
                    fail(context, Refusal.of(RefusalCode.UNAVAILABLE, "a fault here: see the log"));
          }
          Runnable settled = reply;
          own.runOnContext(ignored -> settled.run());
        });
  }

  private static Refusal failureOf(RoutingContext context) {
    if (context.statusCode() == 413) {
      return Refusal.of(
          RefusalCode.PAYLOAD_TOO_LARGE, "a body has at most " + MAX_BODY_OCTETS + " octets");
    }
    return Refusal.of(RefusalCode.MALFORMED_REQUEST, "the request cannot be read");
  }

  private void fail(RoutingContext context, Refusal refusal) {
    Problem problem = Problem.of(refusal);
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Problem.retryAfter(refusal)
        .ifPresent(wait -> response.putHeader("Retry-After", Long.toString(wait.toSeconds())));
    try {
      send(
          response,
          problem.status(),
          Problem.MEDIA_TYPE,
          Buffer.buffer(json.writeValueAsBytes(problem)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a problem is JSON", e);
    }
  }

  private static void send(HttpServerResponse response, int status, String type, Buffer body) {
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body)
        .onFailure(e -> LOG.debugf(e, "the operator hung up"));
  }
}
