package io.keypost.ingress;

import io.keypost.directory.peer.PeerVerifier;
import io.keypost.events.mail.AcceptedMail;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.events.mail.SealedMail;
import io.keypost.events.stage.EventPublisher;
import io.keypost.events.stage.OutgoingEvent;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.PayloadWriter;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The life of a message at the front door, frame by frame: head read, caller's right to send it,
 * payload stored while it is checked, made durable, event written, and only then <em>accepted</em>.
 * A crash between two steps leaves a payload that nothing refers to, never an accepted message
 * without one.
 */
public final class AcceptanceStage {

  /**
   * Longest wait for the event to be on all in-sync replicas; after it the sender is asked to come
   * again, which is harmless.
   */
  static final Duration EVENT_TIMEOUT = Duration.ofSeconds(20);

  private final Admission admission;
  private final PeerVerifier peers;
  private final HostedDomains hosted;
  private final PayloadStore payloads;
  private final EventPublisher events;
  private final InstantSource clock;
  private final AcceptanceListener listener;

  /** Joins the parts. */
  public AcceptanceStage(
      Admission admission,
      PeerVerifier peers,
      HostedDomains hosted,
      PayloadStore payloads,
      EventPublisher events,
      InstantSource clock,
      AcceptanceListener listener) {
    this.admission = admission;
    this.peers = peers;
    this.hosted = hosted;
    this.payloads = payloads;
    this.events = events;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Begins a request of frames.
   *
   * @param traceparent W3C trace context of the request, if it is sampled
   * @param context runs what follows an answer of the directory or the store; the caller's own
   *     thread
   */
  public FrameIntake begin(Caller caller, Optional<String> traceparent, Executor context) {
    return new FrameIntake(this, caller, traceparent, context);
  }

  Instant now() {
    return clock.instant();
  }

  /** Step 1: may this caller send it? */
  CompletionStage<Optional<Refusal>> admit(Head head, Caller caller) {
    Optional<Refusal> refusal = admission.refuses(head, caller);
    if (refusal.isPresent()) {
      return CompletableFuture.completedFuture(refusal);
    }
    return switch (caller) {
      case Caller.User _ -> hosted.refuses(Set.of(head.sender().domain()));
      case Caller.Peer(var peer) ->
          peers
              .requireNamed(peer, head.sender().domain())
              .handle(
                  (_, error) ->
                      error == null
                          ? Optional.<Refusal>empty()
                          : Optional.of(Failures.refusal(error)))
              .thenCompose(
                  refused ->
                      refused.isPresent()
                          ? CompletableFuture.completedFuture(refused)
                          : hosted.refuses(recipientDomains(head)));
    };
  }

  private static Set<MailDomain> recipientDomains(Head head) {
    return head.signed().stream()
        .map(signed -> signed.envelope().recipient().domain())
        .collect(Collectors.toSet());
  }

  /** Step 2: a place for its payload. */
  PayloadWriter open(Head head) {
    return payloads.open(head.payloadSize());
  }

  /**
   * Step 3, after the payload is durable: the events. Completes with the status of all envelopes of
   * the frame, never exceptionally.
   */
  CompletionStage<Status> accept(
      Head head,
      Caller caller,
      Optional<String> traceparent,
      CompletionStage<PayloadReference> durable) {
    return durable
        .thenCompose(
            payload -> publish(head, caller.arrival(clock.instant()), traceparent, payload))
        .handle(
            (_, error) ->
                error == null
                    ? new Status.Accepted()
                    : new Status.Refused(Failures.refusal(error)));
  }

  private CompletionStage<Void> publish(
      Head head, Arrival arrival, Optional<String> traceparent, PayloadReference payload) {
    PayloadLocation location =
        new PayloadLocation(
            payload.segment(), payload.offset(), payload.length(), payload.sha256());
    List<OutgoingEvent> accepted =
        head.signed().stream()
            .map(envelope -> new AcceptedMail(new SealedMail(envelope, location), arrival))
            .map(mail -> MailEvents.ACCEPTED.outgoing(mail, mail.mail().headers(traceparent)))
            .toList();
    return events
        .publish(accepted)
        .toCompletableFuture()
        .copy()
        .orTimeout(EVENT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  void settled(Head head, Caller caller, Status status, Instant since) {
    listener.settled(head, caller, status, Duration.between(since, clock.instant()));
  }
}
