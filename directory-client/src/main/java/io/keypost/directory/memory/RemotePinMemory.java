package io.keypost.directory.memory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.keypost.directory.Refusals;
import io.keypost.directory.cache.TimedCache;
import io.keypost.directory.cache.TimedCache.Timed;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the own key server keeps in its database, so that continuity outlives a restart
 * of every service (KP-PIN-20).
 *
 * <p>When the key server does not answer, or not as it should, nothing is known of a domain, and
 * that is not the same as that nothing is remembered: {@code store_unavailable}, mail waits.
 * Records that were verified before are not concerned: their cache gives them out to their end of
 * life.
 */
public final class RemotePinMemory implements PinMemory {
  /**
   * How long an answer is kept: for the steps of one look-up, not longer, because what another
   * service learnt meanwhile must count in the next.
   */
  static final Duration KEPT = Duration.ofSeconds(10);

  /** Domains whose answer is kept. */
  static final int MAX_KEPT = 10_000;

  /** Requests at once: a service that has just started asks for all its domains. */
  static final int MAX_REQUESTS = 4;

  /** Look-ups that wait for their turn; one more gets no answer. */
  static final int MAX_WAITING = 20_000;

  /** For one attempt at one address of the key server. */
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  /** Largest answer, in octets: one pin. */
  private static final int MAX_ANSWER_OCTETS = 4 * 1024;

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final OwnKeyServer keyServer;
  private final TimedCache<MailDomain, Optional<RememberedPin>> kept;
  private final Turns turns = new Turns(MAX_REQUESTS, MAX_WAITING);

  /** Asks {@code keyServer}. */
  public RemotePinMemory(OwnKeyServer keyServer, InstantSource clock) {
    this.keyServer = keyServer;
    this.kept = new TimedCache<>(clock, MAX_KEPT);
  }

  private record RecallAnswer(@Nullable PinDocument remembered) {}

  private record ReplaceBody(@Nullable PinDocument expected, PinDocument replacement) {}

  private record ReplaceAnswer(@Nullable Boolean replaced) {}

  @Override
  public CompletionStage<Optional<RememberedPin>> recall(MailDomain domain) {
    return kept.get(
        domain,
        () ->
            ask(request(HttpMethod.GET, domain, Bytes.empty()))
                .thenApply(answer -> new Timed<>(remembered(answer), KEPT)));
  }

  private static Optional<RememberedPin> remembered(PeerAnswer answer) {
    return Optional.ofNullable(read(answer, RecallAnswer.class).remembered)
        .map(
            document -> {
              try {
                return document.toPin();
              } catch (RefusedException e) {
                throw unavailable("it answers what is no pin", e);
              }
            });
  }

  @Override
  public CompletionStage<Boolean> replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    ReplaceBody body =
        new ReplaceBody(expected.map(PinDocument::of).orElse(null), PinDocument.of(replacement));
    return ask(request(HttpMethod.PUT, domain, print(body)))
        .thenApply(
            answer -> {
              Boolean replaced = read(answer, ReplaceAnswer.class).replaced;
              if (replaced == null) {
                throw unavailable("it does not say whether it remembers", null);
              }
              if (replaced) {
                kept.put(domain, Optional.of(replacement), KEPT);
              } else {
                kept.forget(domain);
              }
              return replaced;
            });
  }

  private static PeerRequest request(HttpMethod method, MailDomain domain, Bytes body) {
    return new PeerRequest(
        method,
        "/v1/pins/" + domain.value(),
        Map.of("accept", "application/json", "content-type", "application/json"),
        body,
        MAX_ANSWER_OCTETS,
        TIMEOUT);
  }

  private CompletionStage<PeerAnswer> ask(PeerRequest request) {
    return turns
        .take(() -> keyServer.ask(request))
        .handle(
            (answer, error) -> {
              if (error != null) {
                throw unavailable(Refusals.of(error).getMessage(), error);
              }
              if (!answer.isSuccess()) {
                throw unavailable("it answers with status " + answer.status(), null);
              }
              return answer;
            });
  }

  private static <T> T read(PeerAnswer answer, Class<T> type) {
    try {
      T value =
          JSON.readValue(new String(answer.body().toByteArray(), StandardCharsets.UTF_8), type);
      if (value != null) {
        return value;
      }
    } catch (JsonProcessingException e) {
      throw unavailable("it does not answer in the JSON that is expected", e);
    }
    throw unavailable("it answers null", null);
  }

  private static Bytes print(ReplaceBody body) {
    try {
      return Bytes.copyOf(JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of our own prints", e);
    }
  }

  private static RefusedException unavailable(@Nullable String why, @Nullable Throwable cause) {
    String detail = "what is remembered of pins cannot be had from the own key server: " + why;
    return cause == null
        ? RefusedException.of(RefusalCode.STORE_UNAVAILABLE, detail)
        : RefusedException.of(RefusalCode.STORE_UNAVAILABLE, detail, cause);
  }
}
