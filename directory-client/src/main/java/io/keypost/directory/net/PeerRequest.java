package io.keypost.directory.net;

import io.keypost.protocol.Bytes;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.Map;

/**
 * A small request whose whole body and answer are held in memory.
 *
 * @param path absolute path with query, as sent
 * @param headers names and values, sent as they are
 * @param maxAnswerOctets largest answer; a larger one is cut off and refused
 * @param timeout for one attempt at one address, from connecting to the answer's last octet
 */
public record PeerRequest(
    HttpMethod method,
    String path,
    Map<String, String> headers,
    Bytes body,
    int maxAnswerOctets,
    Duration timeout) {
  /** For one attempt, unless said otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(6);

  /** Largest answer unless said otherwise: 1 MiB. */
  public static final int DEFAULT_MAX_ANSWER_OCTETS = 1 << 20;

  /** Keeps its own copy of the headers. */
  public PeerRequest {
    headers = Map.copyOf(headers);
  }

  /** A GET with the usual bounds. */
  public static PeerRequest get(String path) {
    return new PeerRequest(
        HttpMethod.GET,
        path,
        Map.of("accept", "application/json, application/problem+json"),
        Bytes.empty(),
        DEFAULT_MAX_ANSWER_OCTETS,
        DEFAULT_TIMEOUT);
  }

  /** A POST with the usual bounds. */
  public static PeerRequest post(String path, String contentType, Bytes body) {
    return new PeerRequest(
        HttpMethod.POST,
        path,
        Map.of("accept", "application/json, application/problem+json", "content-type", contentType),
        body,
        DEFAULT_MAX_ANSWER_OCTETS,
        DEFAULT_TIMEOUT);
  }

  /** The same with one more header. */
  public PeerRequest withHeader(String name, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(name, value);
    return new PeerRequest(method, path, more, body, maxAnswerOctets, timeout);
  }

  /** The same with another bound on the answer. */
  public PeerRequest withMaxAnswerOctets(int octets) {
    return new PeerRequest(method, path, headers, body, octets, timeout);
  }

  /** The same with another bound on the time of one attempt. */
  public PeerRequest withTimeout(Duration longest) {
    return new PeerRequest(method, path, headers, body, maxAnswerOctets, longest);
  }

  /** Never the headers, which may hold a token. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
