package io.keypost.router;

import io.keypost.directory.AddressView;
import io.keypost.directory.Directory;
import io.keypost.directory.Refusals;
import io.keypost.directory.Resolution;
import io.keypost.events.mail.Arrival;
import io.keypost.events.mail.MailEvents;
import io.keypost.events.mail.ProposedOutcome;
import io.keypost.events.mail.RoutedMailbox;
import io.keypost.events.mail.RoutedTransfer;
import io.keypost.events.mail.VerifiedMail;
import io.keypost.events.stage.EventHeaders;
import io.keypost.events.stage.IncomingEvent;
import io.keypost.events.stage.StageDecision;
import io.keypost.frame.Proposals;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.openpgp.Subkey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalScope;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.router.Routing.RecipientRecords;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The life of a message in the router, from {@code mail.verified} on: the recipient's record and,
 * on the sender's side, the pointers from the address that was written to are asked for side by
 * side; then the route is decided. Before a sender is told that something moved or is not there,
 * the records are fetched anew if they were kept: what a kept record does not say may have come
 * since.
 */
public final class RoutingStage {
  private final Directory directory;
  private final Routing routing;
  private final InstantSource clock;
  private final Proposals proposals = new Proposals(ProposedOutcome.Stage.ROUTER);

  /** A stage of the provider {@code operator} that asks {@code directory}. */
  public RoutingStage(Directory directory, MailDomain operator, InstantSource clock) {
    this.directory = directory;
    this.routing = new Routing(operator);
    this.clock = clock;
  }

  /** Decides about one event; fails with a typed temporary refusal when the directory does. */
  public CompletionStage<StageDecision> decide(IncomingEvent<VerifiedMail> incoming) {
    VerifiedMail verified = incoming.event();
    Envelope envelope = verified.mail().envelope().envelope();
    Instant now = clock.instant();
    Optional<Route> early = Routing.beforeLookUp(envelope, now);
    if (early.isPresent()) {
      return CompletableFuture.completedFuture(
          decisionOf(early.get(), verified, incoming.headers(), now));
    }
    return route(envelope, verified.arrival())
        .thenCompose(
            route ->
                route instanceof Route.Refused
                    ? routeAnew(envelope, verified.arrival())
                    : CompletableFuture.completedFuture(route))
        .thenApply(route -> decisionOf(route, verified, incoming.headers(), clock.instant()));
  }

  /** With records that are no older than the envelope, so than what its sender may have seen. */
  private CompletionStage<Route> routeAnew(Envelope envelope, Arrival arrival) {
    Instant since = arrival.existedAt(envelope);
    return directory
        .addressFetchedSince(envelope.recipient(), since)
        .thenCompose(
            _ ->
                followsPointer(envelope, arrival)
                    ? directory.addressFetchedSince(envelope.addressedAs(), since)
                    : CompletableFuture
                        .<@org.jspecify.annotations.Nullable AddressView>completedFuture(null))
        .thenCompose(_ -> route(envelope, arrival));
  }

  private CompletionStage<Route> route(Envelope envelope, Arrival arrival) {
    CompletionStage<AddressView> recipient = directory.address(envelope.recipient());
    CompletionStage<PointerStanding> pointer =
        followsPointer(envelope, arrival)
            ? follow(envelope)
            : CompletableFuture.completedFuture(new PointerStanding.Direct());
    return recipient.thenCombine(
        pointer,
        (found, leadsTo) -> {
          Instant now = clock.instant();
          return routing.route(
              envelope,
              arrival,
              new RecipientRecords(
                  found.domain().record(),
                  found.domain().pin().operator(),
                  standingOf(found, now),
                  leadsTo),
              now);
        });
  }

  private static boolean followsPointer(Envelope envelope, Arrival arrival) {
    return switch (arrival) {
      case Arrival.FromUser _ -> Routing.followsPointer(envelope);
      case Arrival.FromPeer _ -> false;
    };
  }

  private CompletionStage<PointerStanding> follow(Envelope envelope) {
    return directory
        .resolve(envelope.addressedAs())
        .handle(
            (resolution, failure) ->
                failure == null ? leadsTo(envelope, resolution) : broken(failure));
  }

  private static PointerStanding leadsTo(Envelope envelope, Resolution resolution) {
    return switch (resolution.target().record().content()) {
      case AddressRecord.Unknown _ ->
          new PointerStanding.Broken(
              new Refusal.Permanent(
                  RefusalCode.RECIPIENT_UNKNOWN, envelope.addressedAs() + " leads to no mailbox"));
      case AddressRecord.Revoked _ ->
          new PointerStanding.Broken(
              new Refusal.Permanent(
                  RefusalCode.RECIPIENT_REVOKED,
                  envelope.addressedAs() + " leads to an address that is revoked"));
      case AddressRecord.Mailbox _, AddressRecord.Alias _ ->
          new PointerStanding.LeadsTo(
              resolution.target().record().address(), firstRecord(resolution));
    };
  }

  private static String firstRecord(Resolution resolution) {
    return resolution.pointers().isEmpty()
        ? resolution.target().verified().jws()
        : resolution.pointers().getFirst().alias().verified().jws();
  }

  /** A pointer that can never be followed ends the envelope; everything else is temporary. */
  private static PointerStanding broken(Throwable failure) {
    RefusedException refused = Refusals.of(failure);
    if (refused.refusal() instanceof Refusal.Permanent permanent) {
      return new PointerStanding.Broken(
          permanent.code().scope() == RefusalScope.OUTCOME
              ? permanent
              : new Refusal.Permanent(
                  RefusalCode.RECIPIENT_UNKNOWN,
                  "the pointer cannot be followed: " + permanent.detail()));
    }
    throw refused;
  }

  private static RecipientStanding standingOf(AddressView found, Instant now) {
    String record = found.verified().jws();
    return switch (found.record().content()) {
      case AddressRecord.Mailbox mailbox ->
          new RecipientStanding.Mailbox(
              found.record().address(),
              found.certificate().orElseThrow().encryptionKeyAt(now).map(Subkey::fingerprint),
              mailbox.operator(),
              mailbox.pool(),
              record);
      case AddressRecord.Alias _ -> new RecipientStanding.Pointer(record);
      case AddressRecord.Unknown _ -> new RecipientStanding.NoRecipient();
      case AddressRecord.Revoked(Instant from) -> new RecipientStanding.Revoked(from);
    };
  }

  private StageDecision decisionOf(
      Route route, VerifiedMail verified, EventHeaders headers, Instant now) {
    return switch (route) {
      case Route.Mailbox(var mailbox) ->
          StageDecision.Emit.of(
              MailEvents.ROUTED_MAILBOX.outgoing(
                  new RoutedMailbox(
                      verified.mail(), verified.arrival(), verified.verification(), mailbox),
                  headers.passedOn()));
      case Route.Transfer(var operator, String pool) ->
          StageDecision.Emit.of(
              MailEvents.ROUTED_TRANSFER.outgoing(
                  new RoutedTransfer(
                      verified.mail(), verified.arrival(), verified.verification(), operator, pool),
                  headers.passedOn()));
      case Route.Refused(Refusal refusal) ->
          proposals.refuse(verified.mail(), verified.arrival(), refusal, headers, now);
      case Route.Expired _ -> proposals.expire(verified.mail(), verified.arrival(), headers, now);
    };
  }
}
