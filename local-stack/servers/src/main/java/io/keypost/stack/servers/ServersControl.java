package io.keypost.stack.servers;

import io.keypost.stack.dns.DnsZones;
import io.keypost.stack.dns.ZoneSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * Steers the servers from another process: changes DNS, keeps them from ending for want of use,
 * ends them.
 */
public final class ServersControl implements DnsZones, AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ServersState state;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  public ServersControl(ServersState state) {
    this.state = state;
  }

  /** Whether the servers answer; if so they stay for another idle time. */
  public boolean keep() {
    try {
      return order("/keep", "") == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Asks the servers to end; they may still be busy with it when this returns. */
  public void stop() {
    expectDone("/stop", "");
  }

  @Override
  public void zone(String domain, ZoneSecurity security) {
    expectDone("/dns/zone", domain + "\n" + security);
  }

  @Override
  public void put(List<String> records) {
    expectDone("/dns/put", String.join("\n", records));
  }

  @Override
  public void remove(String name, String type) {
    expectDone("/dns/remove", name + "\n" + type);
  }

  private void expectDone(String path, String body) {
    int status = order(path, body);
    if (status == 400) {
      throw new IllegalArgumentException("the servers refused " + path + ": " + body);
    }
    if (status != 200) {
      throw new IllegalStateException("the servers answered " + status + " to " + path);
    }
  }

  private int order(String path, String body) {
    var request =
        HttpRequest.newBuilder(state.control().resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + state.controlToken())
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException("no answer from the servers at " + state.control(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
