package io.keypost.directory.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.Incident;
import io.keypost.directory.Refusals;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the own key server of incidents, where an administrator sees them. The same one is told
 * once an hour; one that cannot be told is logged, and told when it happens again.
 */
public final class RemoteIncidents implements DirectoryWatch {
  /** How long the same incident is not told again. */
  static final Duration TOLD_FOR = Duration.ofHours(1);

  private static final int MAX_TOLD = 10_000;
  private static final int MAX_REQUESTS = 2;
  private static final int MAX_WAITING = 200;
  private static final Logger LOG = LoggerFactory.getLogger(RemoteIncidents.class);
  private static final ObjectMapper JSON =
      JsonMapper.builder().serializationInclusion(JsonInclude.Include.NON_NULL).build();

  private final OwnKeyServer keyServer;
  private final InstantSource clock;
  private final Turns turns = new Turns(MAX_REQUESTS, MAX_WAITING);
  private final Cache<Digest, Instant> told = Caffeine.newBuilder().maximumSize(MAX_TOLD).build();

  /** Tells {@code keyServer}. */
  public RemoteIncidents(OwnKeyServer keyServer, InstantSource clock) {
    this.keyServer = keyServer;
    this.clock = clock;
  }

  @Override
  public void incident(Incident incident) {
    documents(incident).forEach(this::tell);
  }

  private static List<IncidentDocument> documents(Incident incident) {
    return switch (incident) {
      case Incident.BrokenContinuity broken ->
          List.of(
              new IncidentDocument(
                  IncidentDocument.CONTINUITY_BROKEN,
                  broken.domain().value(),
                  broken.shown().base64Url(),
                  broken.security().name().toLowerCase(Locale.ROOT),
                  null,
                  null,
                  null,
                  null,
                  null));
      case Incident.Equivocation proof ->
          Stream.of(proof.kept(), proof.contradicting())
              .map(
                  jws ->
                      new IncidentDocument(
                          IncidentDocument.EQUIVOCATION,
                          null,
                          null,
                          null,
                          proof.kind(),
                          proof.subject(),
                          proof.gen(),
                          proof.seq(),
                          jws))
              .toList();
    };
  }

  private void tell(IncidentDocument document) {
    byte[] body = print(document);
    String record = document.record();
    if (record != null && record.length() > IncidentDocument.MAX_RECORD_CHARACTERS) {
      LOG.error("A record that is proof of equivocation is too long to be told of: {}", document);
      return;
    }
    Digest digest = Digest.sha256(body);
    Instant now = clock.instant();
    @Nullable Instant last = told.getIfPresent(digest);
    if (last != null && now.isBefore(last.plus(TOLD_FOR))) {
      return;
    }
    told.put(digest, now);
    turns
        .take(
            () ->
                keyServer.ask(
                    PeerRequest.post("/v1/incidents", "application/json", Bytes.copyOf(body))))
        .whenComplete(
            (answer, error) -> {
              if (error != null || !answer.isSuccess()) {
                told.invalidate(digest);
                LOG.error(
                    "The own key server could not be told of an incident ({}): {}",
                    error != null ? Refusals.of(error).getMessage() : "status " + answer.status(),
                    document);
              }
            });
  }

  private static byte[] print(IncidentDocument document) {
    try {
      return JSON.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of our own prints", e);
    }
  }
}
