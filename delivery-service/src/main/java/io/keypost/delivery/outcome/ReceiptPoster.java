package io.keypost.delivery.outcome;

import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.DeliveryRole;
import io.keypost.delivery.custody.OutcomesSettled;
import io.keypost.delivery.custody.ReceiptChain;
import io.keypost.delivery.custody.RetrySchedule;
import io.keypost.delivery.custody.WaitingReceipt;
import io.keypost.delivery.http.OperatorServers;
import io.keypost.delivery.http.OperatorServers.Candidate;
import io.keypost.delivery.http.PeerAccess;
import io.keypost.delivery.http.ReceiptRequest;
import io.keypost.delivery.http.ReceiptRequest.Fate;
import io.keypost.delivery.http.Waiting;
import io.keypost.delivery.lease.Leases;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.OutboxStore;
import io.keypost.delivery.store.OutboxStore.PostponedReceipt;
import io.keypost.delivery.work.Slots;
import io.keypost.delivery.work.Stopping;
import io.keypost.delivery.work.WorkLoop;
import io.keypost.delivery.work.Workers;
import io.keypost.directory.Directory;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.ReceiptPost;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Posts receipts to the operators that the envelopes came from, the own one included, until they
 * are taken or a week after the envelope's life has passed (KP-RCP-1). One request at a time to an
 * operator, several operators side by side, so that a slow one holds up nobody else.
 */
@ApplicationScoped
public class ReceiptPoster {
  private static final int LEASED_AT_ONCE = 500;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

  /** How long requests that run may hold up the end of the process. */
  private static final Duration DRAIN = Duration.ofSeconds(15);

  private static final Logger LOG = Logger.getLogger(ReceiptPoster.class);

  private final Database database;
  private final OutboxStore outbox;
  private final Directory directory;
  private final OperatorServers servers;
  private final PeerAccess peers;
  private final DeliveryConfig config;
  private final RetrySchedule schedule;
  private final SecureRandom random;
  private final InstantSource clock;
  private final MeterRegistry registry;
  private final Leases leases;
  private final Stopping stopping;
  private final WorkLoop loop;
  private final Slots<MailDomain> slots;
  private final Workers workers = new Workers("receipts");

  ReceiptPoster(
      Database database,
      OutboxStore outbox,
      Directory directory,
      OperatorServers servers,
      PeerAccess peers,
      DeliveryConfig config,
      SecureRandom random,
      InstantSource clock,
      MeterRegistry registry,
      Leases leases,
      Stopping stopping) {
    this.database = database;
    this.outbox = outbox;
    this.directory = directory;
    this.servers = servers;
    this.peers = peers;
    this.config = config;
    this.schedule =
        new RetrySchedule(config.outcome().firstRetry(), config.outcome().longestRetry());
    this.random = random;
    this.clock = clock;
    this.registry = registry;
    this.leases = leases;
    this.stopping = stopping;
    this.slots = new Slots<>(config.outcome().operatorsAtOnce(), 1);
    this.loop = new WorkLoop("receipt-poster", config.outcome().idle(), this::step, stopping);
  }

  void begin(@Observes StartupEvent start) {
    if (config.runs(DeliveryRole.OUTCOME)) {
      loop.start();
    }
  }

  void wake(@Observes OutcomesSettled settled) {
    loop.wake();
  }

  /** Lets requests that run come to their end, for a bounded time; the others go back. */
  void end(@Observes ShutdownEvent stop) {
    loop.close();
    workers.drain(DRAIN);
  }

  /**
   * Begins to post what is due; returns how many receipts. What was leased for more operators than
   * are posted to at once goes back into the outbox.
   */
  int step() {
    if (!peers.isEnrolled() || slots.free() == 0) {
      return 0;
    }
    Instant now = clock.instant();
    List<WaitingReceipt> leased =
        outbox.leaseReceipts(database, slots.full(), now, leases.terms(), LEASED_AT_ONCE);
    Map<MailDomain, List<WaitingReceipt>> byOperator = new LinkedHashMap<>();
    leased.forEach(r -> byOperator.computeIfAbsent(r.operator(), _ -> new ArrayList<>()).add(r));
    List<WaitingReceipt> turnedAway = new ArrayList<>();
    byOperator.forEach(
        (operator, receipts) -> {
          switch (slots.take(operator)) {
            case TAKEN -> begin(operator, receipts);
            case FULL -> turnedAway.addAll(receipts);
          }
        });
    if (!turnedAway.isEmpty()) {
      outbox.releaseReceipts(database, turnedAway);
    }
    return leased.size() - turnedAway.size();
  }

  private void begin(MailDomain operator, List<WaitingReceipt> receipts) {
    Leases.Held lease = leases.hold(receipts.getFirst().lease());
    workers.start(
        operator.value(),
        () -> {
          try (lease) {
            postAll(operator, receipts, lease);
          } finally {
            slots.giveBack(operator);
            loop.wake();
          }
        });
  }

  /**
   * One request after the other, as long as the lease stands and the service does not stop; what
   * was not begun goes back as it was.
   */
  private void postAll(MailDomain operator, List<WaitingReceipt> receipts, Leases.Held lease) {
    Deque<ReceiptRequest> posts = new ArrayDeque<>(requests(receipts));
    try {
      while (!posts.isEmpty() && lease.stands() && !stopping.hasBegun()) {
        ReceiptRequest post = posts.remove();
        settle(post, post(operator, post.receipts().getFirst().senderDomain(), post));
      }
      outbox.releaseReceipts(
          database, posts.stream().flatMap(post -> post.receipts().stream()).toList());
    } catch (RuntimeException e) {
      // The lease ends, and another turn takes them.
      LOG.warnf(e, "receipts for %s were not posted", operator);
    }
  }

  private record Addressed(MailDomain senderDomain, ReceiptChain chain) {}

  /** Each for one sender domain and of one signer, and no longer than a request may be. */
  private static List<ReceiptRequest> requests(List<WaitingReceipt> receipts) {
    Map<Addressed, List<WaitingReceipt>> alike = new LinkedHashMap<>();
    receipts.forEach(
        r ->
            alike
                .computeIfAbsent(new Addressed(r.senderDomain(), r.chain()), _ -> new ArrayList<>())
                .add(r));
    List<ReceiptRequest> posts = new ArrayList<>();
    for (List<WaitingReceipt> together : alike.values()) {
      for (int from = 0; from < together.size(); from += ReceiptPost.MAX_RECEIPTS) {
        int to = Math.min(from + ReceiptPost.MAX_RECEIPTS, together.size());
        posts.add(new ReceiptRequest(together.subList(from, to)));
      }
    }
    return posts;
  }

  private List<Fate> post(MailDomain operator, MailDomain senderDomain, ReceiptRequest post) {
    Optional<Candidate> asked = Optional.empty();
    try {
      MailDomain target = operatorNow(senderDomain, operator);
      List<Candidate> candidates = servers.candidates(target, Optional.empty());
      asked = Optional.of(candidates.getFirst());
      servers.begun(candidates.getFirst());
      PeerAnswer answer =
          Waiting.on(
              peers
                  .http()
                  .exchange(
                      request(post),
                      candidates.stream().map(Candidate::target).toList(),
                      candidates.getFirst().trust()),
              REQUEST_TIMEOUT.multipliedBy(OperatorServers.MAX_TRIED + 1));
      if (answer.target().equals(candidates.getFirst().target())) {
        servers.answered(candidates.getFirst());
      } else {
        servers.failed(candidates.getFirst());
      }
      return post.fates(answer.status(), answer.body(), schedule.longest());
    } catch (RefusedException e) {
      asked.ifPresent(servers::failed);
      Fate again = new Fate.Again(Duration.ZERO, e.code().wire() + ": " + e.refusal().detail());
      return post.receipts().stream().map(_ -> again).toList();
    }
  }

  private static PeerRequest request(ReceiptRequest post) {
    PeerRequest usual = PeerRequest.post("/v1/receipts", ReceiptPost.MEDIA_TYPE, post.body());
    return new PeerRequest(
        usual.method(),
        usual.path(),
        usual.headers(),
        usual.body(),
        usual.maxAnswerOctets(),
        REQUEST_TIMEOUT);
  }

  /**
   * The operator that the envelope came from, which knows it also after the domain moved away; or
   * another if the domain does not name that one at all any more.
   */
  private MailDomain operatorNow(MailDomain senderDomain, MailDomain cameFrom) {
    Instant now = clock.instant();
    DomainRecord record =
        Waiting.on(directory.domain(senderDomain), OperatorServers.LOOKUP_TIMEOUT).record();
    if (record.namesForReceipts(cameFrom, now)) {
      return cameFrom;
    }
    return record.operators().stream()
        .map(DomainRecord.Operator::domain)
        .filter(named -> record.namesForMail(named, now))
        .findFirst()
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.UNAVAILABLE, senderDomain + " names no operator now"));
  }

  private void settle(ReceiptRequest post, List<Fate> fates) {
    Instant now = clock.instant();
    List<WaitingReceipt> done = new ArrayList<>();
    List<PostponedReceipt> later = new ArrayList<>();
    for (int i = 0; i < fates.size(); i++) {
      WaitingReceipt receipt = post.receipts().get(i);
      switch (fates.get(i)) {
        case Fate.Taken _ -> {
          done.add(receipt);
          count("taken");
        }
        case Fate.Again(Duration atLeast, String code) -> {
          Duration wait = schedule.after(receipt.attempts() + 1, atLeast, random);
          if (now.plus(wait).isAfter(receipt.giveUpAt())) {
            done.add(receipt);
            count("given_up");
            LOG.warnf(
                "the receipt of %s for %s was never taken: %s",
                receipt.key().envelopeDigest(), receipt.senderDomain(), code);
          } else {
            later.add(new PostponedReceipt(receipt, now.plus(wait)));
            count("again");
            LOG.infof(
                "the receipt of %s for %s is posted again in %s: %s",
                receipt.key().envelopeDigest(), receipt.senderDomain(), wait, code);
          }
        }
      }
    }
    outbox.receiptsDone(database, done);
    outbox.postponeReceipts(database, later);
  }

  private void count(String fate) {
    registry.counter("keypost.receipts.posted", "fate", fate).increment();
  }
}
