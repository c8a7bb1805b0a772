package io.keypost.delivery.transfer;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.handover.Destination;
import io.keypost.delivery.handover.Leased;
import io.keypost.delivery.handover.TransferBatch;
import io.keypost.delivery.handover.TransferFrame;
import io.keypost.delivery.handover.TransferVerdict;
import io.keypost.delivery.http.OperatorServers;
import io.keypost.delivery.http.OperatorServers.Candidate;
import io.keypost.delivery.http.PeerAccess;
import io.keypost.delivery.http.TransferRequest;
import io.keypost.delivery.http.Waiting;
import io.keypost.delivery.lease.Leases;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.TransferStore;
import io.keypost.delivery.work.Slots;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.keypost.delivery.work.Workers;
import io.keypost.payloads.PayloadStore;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hands over what is due: takes rows under a lease, groups them by destination, and sends each
 * group on a virtual thread of its own. A destination that has as many requests as it may have gets
 * no more until one ends, so that a slow one holds up nobody else.
 */
@ApplicationScoped
public class TransferWorker {
  /** Longest wait for a connection to one server, with all of its addresses. */
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(30);

  /** How long requests that run may hold up the end of the process. */
  private static final Duration DRAIN = Duration.ofSeconds(15);

  private static final Logger LOG = Logger.getLogger(TransferWorker.class);

  private final Database database;
  private final TransferStore transfers;
  private final TransferResults results;
  private final OperatorServers servers;
  private final PeerAccess peers;
  private final PayloadStore payloads;
  private final DeliveryConfig.Transfer limits;
  private final boolean active;
  private final Leases leases;
  private final InstantSource clock;
  private final Stopping stopping;
  private final WorkLoop loop;
  private final Slots<MailDomain> slots;
  private final Workers workers = new Workers("transfer");

  TransferWorker(
      Database database,
      TransferStore transfers,
      TransferResults results,
      OperatorServers servers,
      PeerAccess peers,
      PayloadStore payloads,
      DeliveryConfig config,
      Leases leases,
      InstantSource clock,
      Stopping stopping) {
    this.database = database;
    this.transfers = transfers;
    this.results = results;
    this.servers = servers;
    this.peers = peers;
    this.payloads = payloads;
    this.limits = config.transfer();
    this.active = config.runs(DeliveryRole.TRANSFER);
    this.leases = leases;
    this.clock = clock;
    this.stopping = stopping;
    this.slots = new Slots<>(limits.requests(), limits.requestsPerDestination());
    this.loop = new WorkLoop("transfer", limits.idle(), this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (active) {
      loop.start();
    }
  }

  /** Something was queued. */
  void wake() {
    loop.wake();
  }

  /** Lets requests that run come to their end, for a bounded time; what does not is in doubt. */
  void end(@Observes ShutdownEvent stop) {
    loop.close();
    workers.drain(DRAIN);
  }

  /**
   * Begins to hand over what is due; returns how many envelopes. What was leased for more
   * destinations than may run at once goes back into the queue.
   */
  int step() {
    if (!results.isEnrolled() || !peers.isEnrolled() || slots.free() == 0) {
      return 0;
    }
    Instant now = clock.instant();
    List<Leased> leased =
        database.inTransaction(
            connection ->
                transfers.lease(
                    connection, slots.full(), now, leases.terms(), limits.envelopesPerRequest()));
    Map<Destination, List<Leased>> byDestination = new LinkedHashMap<>();
    leased.forEach(
        l -> byDestination.computeIfAbsent(l.destination(), _ -> new ArrayList<>()).add(l));
    List<Leased> turnedAway = new ArrayList<>();
    byDestination.forEach(
        (destination, work) -> {
          switch (slots.take(destination.operator())) {
            case TAKEN -> begin(destination, work);
            case FULL -> turnedAway.addAll(work);
          }
        });
    if (!turnedAway.isEmpty()) {
      database.transact(connection -> transfers.release(connection, turnedAway));
    }
    return leased.size() - turnedAway.size();
  }

  private void begin(Destination destination, List<Leased> work) {
    Leases.Held lease = leases.hold(work.getFirst().lease());
    workers.start(
        destination.operator().value(),
        () -> {
          try (lease) {
            handOver(destination, work, lease);
          } finally {
            slots.giveBack(destination.operator());
            loop.wake();
          }
        });
  }

  /**
   * One request after the other, as long as the lease stands and the service does not stop; what
   * was not begun goes back as it was.
   */
  private void handOver(Destination destination, List<Leased> work, Leases.Held lease) {
    Deque<List<TransferFrame>> requests =
        new ArrayDeque<>(
            TransferBatch.cut(
                TransferFrame.of(work),
                limits.envelopesPerRequest(),
                limits.payloadOctetsPerRequest()));
    try {
      while (!requests.isEmpty() && lease.stands() && !stopping.hasBegun()) {
        results.apply(destination, attempt(destination, requests.remove()));
      }
    } catch (RuntimeException e) {
      // The lease ends, and what was sent is taken again, in doubt.
      LOG.warnf(e, "transfers to %s were not finished", destination.operator());
    } finally {
      giveBack(requests);
    }
  }

  private void giveBack(Collection<List<TransferFrame>> unbegun) {
    List<Leased> work =
        unbegun.stream().flatMap(List::stream).flatMap(f -> f.envelopes().stream()).toList();
    if (work.isEmpty()) {
      return;
    }
    try {
      database.transact(connection -> transfers.release(connection, work));
    } catch (RuntimeException e) {
      LOG.warnf(e, "%d envelopes that were not sent wait for the end of their lease", work.size());
    }
  }

  private Map<Leased, TransferVerdict> attempt(
      Destination destination, List<TransferFrame> frames) {
    RefusedException why = null;
    try {
      for (Candidate candidate :
          servers.candidates(destination.operator(), Optional.of(destination.pool()))) {
        servers.begun(candidate);
        try {
          HttpClientRequest request = open(candidate);
          return send(candidate, request, frames);
        } catch (RefusedException e) {
          // Nothing was sent: the next server may be asked without doubt.
          servers.failed(candidate);
          why = e;
        }
      }
    } catch (RefusedException e) {
      why = e;
    }
    return notSent(frames, why);
  }

  private HttpClientRequest open(Candidate candidate) {
    CompletionStage<HttpClientRequest> opening =
        peers
            .http()
            .open(candidate.target(), candidate.trust(), HttpMethod.POST, TransferRequest.PATH);
    try {
      return Waiting.on(opening, OPEN_TIMEOUT);
    } catch (RefusedException e) {
      // One that opens after all is not used any more.
      opening.thenAccept(HttpClientRequest::reset);
      throw e;
    }
  }

  private Map<Leased, TransferVerdict> send(
      Candidate candidate, HttpClientRequest request, List<TransferFrame> frames) {
    TransferRequest transfer =
        new TransferRequest(request, payloads, limits.requestTimeout(), System::nanoTime);
    Map<Leased, TransferVerdict> verdicts = transfer.send(frames);
    if (transfer.wasAnswered()) {
      servers.answered(candidate);
    } else {
      servers.failed(candidate);
    }
    return verdicts;
  }

  private static Map<Leased, TransferVerdict> notSent(
      List<TransferFrame> frames, @Nullable RefusedException why) {
    TransferVerdict later =
        why == null
            ? new TransferVerdict.Later(Duration.ZERO, RefusalCode.UNAVAILABLE, "no server")
            : new TransferVerdict.Later(Duration.ZERO, why.code(), why.refusal().detail());
    Map<Leased, TransferVerdict> verdicts = new LinkedHashMap<>();
    frames.forEach(frame -> frame.envelopes().forEach(e -> verdicts.put(e, later)));
    return verdicts;
  }
}
