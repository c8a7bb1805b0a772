package io.keypost.ingress.http;

import io.keypost.directory.net.CallerNetwork;
import io.keypost.directory.peer.ProofsInProgress;
import io.keypost.ingress.AcceptanceStage;
import io.keypost.ingress.Caller;
import io.keypost.ingress.Failures;
import io.keypost.ingress.FrameIntake;
import io.keypost.ingress.IngressConfig;
import io.keypost.ingress.IngressMetrics;
import io.keypost.ingress.IngressMetrics.Way;
import io.keypost.ingress.ReceiptStage;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.record.ReceiptPost;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalStatus;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the resource of a request by its exact path (T41: nothing is decoded, folded or
 * normalised), has its caller checked before one octet of the body is read, and hands it on.
 */
final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final String TRACEPARENT = "traceparent";

  private final Vertx vertx;
  private final IngressConfig config;
  private final Callers callers;
  private final ProofsInProgress tokens;
  private final ProofsInProgress certificates;
  private final RequestLimits limits;
  private final AcceptanceStage acceptance;
  private final ReceiptStage receipts;
  private final IngressMetrics metrics;

  /**
   * Joins the parts.
   *
   * @param tokens bounds the checks of users' tokens
   * @param certificates bounds the checks of peers' certificates, which a stranger can make slow
   */
  Requests(
      Vertx vertx,
      IngressConfig config,
      Callers callers,
      ProofsInProgress tokens,
      ProofsInProgress certificates,
      RequestLimits limits,
      AcceptanceStage acceptance,
      ReceiptStage receipts,
      IngressMetrics metrics) {
    this.vertx = vertx;
    this.config = config;
    this.callers = callers;
    this.tokens = tokens;
    this.certificates = certificates;
    this.limits = limits;
    this.acceptance = acceptance;
    this.receipts = receipts;
    this.metrics = metrics;
  }

  void handle(HttpServerRequest request) {
    request.pause();
    if (request.version() != HttpVersion.HTTP_2) {
      Replies.problem(request, HttpStatus.VERSION_NOT_SUPPORTED, malformed("HTTP/2 only"));
      return;
    }
    switch (String.valueOf(request.path())) {
      case "/v1/submissions" -> submission(request);
      case "/v1/transfers" -> transfer(request);
      case "/v1/receipts" -> receipts(request);
      default -> Replies.problem(request, Refusal.of(RefusalCode.NOT_FOUND, "no such resource"));
    }
  }

  private void submission(HttpServerRequest request) {
    if (isWellFormed(request, Way.SUBMISSION, Frames.MEDIA_TYPE)) {
      identify(
          request,
          Way.SUBMISSION,
          tokens,
          () -> callers.user(request),
          user -> frames(request, Way.SUBMISSION, user));
    }
  }

  private void transfer(HttpServerRequest request) {
    if (isWellFormed(request, Way.TRANSFER, Frames.MEDIA_TYPE)) {
      peer(request, Way.TRANSFER, peer -> frames(request, Way.TRANSFER, peer));
    }
  }

  private void receipts(HttpServerRequest request) {
    if (isWellFormed(request, Way.RECEIPT, ReceiptPost.MEDIA_TYPE)) {
      peer(request, Way.RECEIPT, peer -> receipts(request, peer));
    }
  }

  private void peer(HttpServerRequest request, Way way, Consumer<Caller.Peer> next) {
    Optional<Caller.Peer> remembered = callers.remembered(request);
    if (remembered.isPresent()) {
      admit(request, way, remembered.get(), next);
    } else {
      identify(request, way, certificates, () -> callers.peer(request), next);
    }
  }

  private boolean isWellFormed(HttpServerRequest request, Way way, String mediaType) {
    if (request.method() != HttpMethod.POST) {
      request.response().putHeader(HttpHeaders.ALLOW, HttpMethod.POST.name());
      refuse(request, way, HttpStatus.METHOD_NOT_ALLOWED, malformed("POST only"));
      return false;
    }
    if (!mediaType.equalsIgnoreCase(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      refuse(request, way, HttpStatus.UNSUPPORTED_MEDIA_TYPE, malformed(mediaType + " only"));
      return false;
    }
    return true;
  }

  /** Who asks for an identity; looked at only when there is room for the proof. */
  @FunctionalInterface
  private interface Identification<C extends Caller> {
    CompletionStage<C> begin();
  }

  /**
   * Has the caller checked in a place apart from those of requests whose callers are known: whoever
   * makes a check slow holds up his own kind only (T15).
   */
  private <C extends Caller> void identify(
      HttpServerRequest request,
      Way way,
      ProofsInProgress proofs,
      Identification<C> identification,
      Consumer<C> next) {
    ProofsInProgress.Place place;
    try {
      place = proofs.enter(CallerNetwork.of(request.remoteAddress()));
    } catch (RefusedException e) {
      refuse(request, way, e.refusal());
      return;
    }
    // Who goes away ends no look-up: the place is held until that is over.
    AtomicBoolean gone = new AtomicBoolean();
    request.response().endHandler(_ -> gone.set(true));
    Context context = vertx.getOrCreateContext();
    begun(identification)
        .whenComplete((_, _) -> place.close())
        .whenComplete(
            (caller, error) ->
                context.runOnContext(
                    _ -> {
                      if (gone.get()) {
                        LOG.debug("the sender went away while it was looked up who it is");
                      } else if (error != null) {
                        refuse(request, way, Failures.refusal(error));
                      } else {
                        admit(request, way, caller, next);
                      }
                    }));
  }

  /** A fault at the beginning is one at the end too, so that the place is left. */
  private static <C extends Caller> CompletionStage<C> begun(Identification<C> identification) {
    try {
      return identification.begin();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <C extends Caller> void admit(
      HttpServerRequest request, Way way, C caller, Consumer<C> next) {
    RequestLimits.Place place;
    try {
      place = limits.enter(caller.name());
    } catch (RefusedException e) {
      refuse(request, way, e.refusal());
      return;
    }
    request.response().endHandler(_ -> place.close());
    if (request.getHeader(HttpHeaders.EXPECT) != null) {
      request.response().writeContinue();
    }
    next.accept(caller);
  }

  private void frames(HttpServerRequest request, Way way, Caller caller) {
    Context context = vertx.getOrCreateContext();
    FrameIntake intake =
        acceptance.begin(
            caller,
            Optional.ofNullable(request.getHeader(TRACEPARENT)),
            step -> context.runOnContext(_ -> step.run()));
    new FramesRequest(request, intake, config, vertx, context, answer -> told(way, answer)).read();
  }

  private void told(Way way, Answer answer) {
    if (answer.stopped() != null) {
      metrics.refused(way, answer.stopped());
    }
  }

  private void receipts(HttpServerRequest request, Caller.Peer caller) {
    Context context = vertx.getOrCreateContext();
    BodyReader.read(request, ReceiptPost.MAX_OCTETS, config.bodyTimeout(), vertx)
        .thenApply(ReceiptPost::decode)
        .thenCompose(post -> receipts.accept(caller.peer(), post))
        .whenComplete(
            (statuses, error) ->
                context.runOnContext(
                    _ -> {
                      if (error != null) {
                        refuse(request, Way.RECEIPT, Failures.refusal(error));
                      } else {
                        reply(request, statuses);
                      }
                    }));
  }

  private void reply(HttpServerRequest request, List<Status> statuses) {
    statuses.forEach(metrics::receipt);
    Replies.receipts(request, statuses);
  }

  private void refuse(HttpServerRequest request, Way way, Refusal refusal) {
    refuse(request, way, RefusalStatus.of(refusal.code()), refusal);
  }

  private void refuse(HttpServerRequest request, Way way, int status, Refusal refusal) {
    metrics.refused(way, refusal);
    Replies.problem(request, status, refusal);
  }

  private static Refusal malformed(String why) {
    return Refusal.of(RefusalCode.MALFORMED_REQUEST, why);
  }
}
