package io.keypost.stack.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.keypost.stack.dns.DnsZones;
import io.keypost.stack.dns.ZoneSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The servers' control channel: HTTP on the loopback address, plain text, a bearer token. Served by
 * one thread, so changes come one after another. {@link ServersControl} is its client.
 */
final class ControlEndpoint implements AutoCloseable {

  private static final int MAX_BODY_OCTETS = 1 << 20;

  private final HttpServer server;
  private final DnsZones zones;
  private final byte[] authorization;
  private final InstantSource clock;
  private final Runnable stop;
  private volatile Instant lastAsked;

  private ControlEndpoint(
      HttpServer server, DnsZones zones, String token, InstantSource clock, Runnable stop) {
    this.server = server;
    this.zones = zones;
    this.authorization = ("Bearer " + token).getBytes(StandardCharsets.US_ASCII);
    this.clock = clock;
    this.stop = stop;
    this.lastAsked = clock.instant();
  }

  static ControlEndpoint start(DnsZones zones, String token, InstantSource clock, Runnable stop)
      throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    var endpoint = new ControlEndpoint(server, zones, token, clock, stop);
    server.createContext("/", endpoint::handle);
    server.start();
    return endpoint;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** When a request with the right token last came. */
  Instant lastAsked() {
    return lastAsked;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!isAuthorized(exchange)) {
        respond(exchange, 401, "a bearer token is needed");
        return;
      }
      lastAsked = clock.instant();
      var body = exchange.getRequestBody().readNBytes(MAX_BODY_OCTETS + 1);
      if (body.length > MAX_BODY_OCTETS) {
        respond(exchange, 413, "more than " + MAX_BODY_OCTETS + " octets");
        return;
      }
      var lines =
          new String(body, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
      try {
        boolean known = act(exchange.getRequestURI().getPath(), lines);
        respond(exchange, known ? 200 : 404, known ? "done" : "no such order");
      } catch (IllegalArgumentException e) {
        respond(exchange, 400, String.valueOf(e.getMessage()));
      }
    }
  }

  private boolean act(String path, List<String> lines) {
    switch (path) {
      case "/keep" -> {}
      case "/stop" -> stop.run();
      case "/dns/zone" -> zones.zone(line(lines, 0), ZoneSecurity.valueOf(line(lines, 1)));
      case "/dns/put" -> zones.put(lines);
      case "/dns/remove" -> zones.remove(line(lines, 0), line(lines, 1));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String line(List<String> lines, int index) {
    if (lines.size() != 2) {
      throw new IllegalArgumentException("two lines are needed");
    }
    return lines.get(index);
  }

  private boolean isAuthorized(HttpExchange exchange) {
    var given = exchange.getRequestHeaders().getFirst("Authorization");
    return given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private static void respond(HttpExchange exchange, int status, String text) throws IOException {
    var body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
