package io.keypost.directory.keyserver;

import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Gathers look-ups of addresses that go to the same key servers for a moment and asks for up to
 * {@value #MAX_ADDRESSES} in one request. Each group of key servers has its own queue and its own
 * bound, so that a slow one holds up nobody else (T15).
 */
public final class LookupBatches {
  /** Addresses in one request, as the key server takes them. */
  public static final int MAX_ADDRESSES = 100;

  /** How long the first look-up of a batch waits for others, in milliseconds. */
  static final int GATHER_MILLIS = 2;

  /** Requests to one group of key servers at once. */
  static final int MAX_REQUESTS = 4;

  /** Look-ups that wait for one group of key servers; one more is refused with {@code busy}. */
  static final int MAX_WAITING = 2_000;

  /** Largest answer: 100 records, few of which come near their own bound. */
  private static final int MAX_ANSWER_OCTETS = 16 << 20;

  private record Group(List<KeyServerName> keyServers, MailDomain operator) {}

  private record Waiting(Address address, CompletableFuture<String> record) {}

  private final Vertx vertx;
  private final KeyServers keyServers;
  private final ConcurrentMap<Group, Batcher> batchers = new ConcurrentHashMap<>();

  /** Asks through {@code keyServers}. */
  public LookupBatches(Vertx vertx, KeyServers keyServers) {
    this.vertx = vertx;
    this.keyServers = keyServers;
  }

  /** The {@code kp-address} JWS of {@code address}, not verified. */
  public CompletionStage<String> addressRecord(Address address, DomainView domain) {
    Group group = new Group(domain.pin().keyServers(), domain.pin().operator());
    CompletableFuture<String> record = new CompletableFuture<>();
    AtomicBoolean taken = new AtomicBoolean();
    // Within compute, so that nobody adds to a batcher that is just being removed.
    batchers.compute(
        group,
        (key, known) -> {
          Batcher batcher = known == null ? new Batcher(key) : known;
          taken.set(batcher.add(new Waiting(address, record), domain));
          return batcher;
        });
    return taken.get()
        ? record
        : CompletableFuture.failedFuture(
            RefusedException.of(
                RefusalCode.BUSY, "too many look-ups wait for " + group.keyServers()));
  }

  /** The queue of one group of key servers. */
  private final class Batcher {
    private final Group group;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int requests;
    private @Nullable DomainView domain;
    private GatherState gather = GatherState.IDLE;

    Batcher(Group group) {
      this.group = group;
    }

    /** False when too many wait already. */
    synchronized boolean add(Waiting lookup, DomainView newest) {
      if (waiting.size() == MAX_WAITING) {
        return false;
      }
      domain = newest;
      waiting.add(lookup);
      if (gather == GatherState.IDLE && requests < MAX_REQUESTS) {
        gather = GatherState.GATHERING;
        vertx.setTimer(GATHER_MILLIS, fired -> send());
      }
      return true;
    }

    private void send() {
      List<Waiting> batch = new ArrayList<>();
      DomainView asked;
      synchronized (this) {
        gather = GatherState.IDLE;
        while (!waiting.isEmpty() && batch.size() < MAX_ADDRESSES) {
          batch.add(waiting.remove());
        }
        asked = domain;
        if (batch.isEmpty() || asked == null) {
          return;
        }
        requests++;
      }
      ask(asked, batch).whenComplete((done, error) -> sent());
    }

    private CompletionStage<Void> ask(DomainView asked, List<Waiting> batch) {
      List<Address> addresses = batch.stream().map(Waiting::address).distinct().toList();
      PeerRequest request =
          PeerRequest.post("/v1/lookups", "application/json", KeyServerJson.lookup(addresses))
              .withMaxAnswerOctets(MAX_ANSWER_OCTETS);
      return keyServers
          .askTrusted(asked, request)
          .thenApply(KeyServerJson::lookupAnswer)
          .handle(
              (answer, error) -> {
                batch.forEach(lookup -> settle(lookup, answer, error));
                return null;
              });
    }

    private void sent() {
      synchronized (this) {
        requests--;
        if (!waiting.isEmpty()) {
          if (gather == GatherState.IDLE) {
            gather = GatherState.GATHERING;
            vertx.setTimer(GATHER_MILLIS, fired -> send());
          }
          return;
        }
      }
      batchers.computeIfPresent(group, (key, batcher) -> batcher.isIdle() ? null : batcher);
    }

    private synchronized boolean isIdle() {
      return waiting.isEmpty() && requests == 0 && gather == GatherState.IDLE;
    }
  }

  private enum GatherState {
    IDLE,
    GATHERING
  }

  private static void settle(
      Waiting lookup, @Nullable LookupAnswer answer, @Nullable Throwable error) {
    if (error != null || answer == null) {
      lookup
          .record()
          .completeExceptionally(
              error == null
                  ? RefusedException.of(RefusalCode.DIRECTORY_UNAVAILABLE, "no answer")
                  : Refusals.of(error));
      return;
    }
    AddressAnswer found = answer.addresses().get(lookup.address());
    switch (found) {
      case null ->
          lookup
              .record()
              .completeExceptionally(
                  RefusedException.of(
                      RefusalCode.DIRECTORY_UNAVAILABLE,
                      "the key server says nothing of " + lookup.address()));
      case AddressAnswer.Found record -> lookup.record().complete(record.record());
      case AddressAnswer.Problem problem ->
          lookup.record().completeExceptionally(problem.refusal());
    }
  }
}
