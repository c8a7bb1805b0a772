package io.keypost.ingress.http;

import com.sun.management.OperatingSystemMXBean;
import io.keypost.directory.Refusals;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.frame.IdentityHolder;
import io.keypost.ingress.Load;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator's key server that this front door takes mail, and how busy it is (KP-KSV-20).
 * The key server says how often. Who this is, the certificate says; one that is not enrolled, not
 * open or draining keeps silent, and is left out of kp-servers.
 */
@Singleton
public class Heartbeat {
  static final String PATH = "/v1/heartbeats";

  /** Until the key server says otherwise. */
  static final Duration FIRST_INTERVAL = Duration.ofSeconds(5);

  /** Bounds of what the key server may say. */
  static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  static final Duration LONGEST_INTERVAL = Duration.ofSeconds(8);

  /** One attempt at one address: a beat that takes longer is as good as missed. */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final int MAX_ANSWER_OCTETS = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final Vertx vertx;
  private final DirectoryClient directory;
  private final MailDomain operator;
  private final IdentityHolder identity;
  private final FrontDoor door;
  private final UUID instance;
  private final OperatingSystemMXBean machine =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final AtomicReference<String> lastProblem = new AtomicReference<>("");

  private volatile Duration interval = FIRST_INTERVAL;
  private volatile boolean stopped;

  Heartbeat(
      Vertx vertx,
      DirectoryClient directory,
      MailDomain operator,
      IdentityHolder identity,
      FrontDoor door,
      SecureRandom random) {
    this.vertx = vertx;
    this.directory = directory;
    this.operator = operator;
    this.identity = identity;
    this.door = door;
    this.instance = new UUID(random.nextLong(), random.nextLong());
  }

  void begin(@Observes StartupEvent start) {
    schedule(SHORTEST_INTERVAL);
  }

  void end(@Observes ShutdownEvent stop) {
    stopped = true;
  }

  /** The next beat does not wait for the answer to this one, which may be lost. */
  private void schedule(Duration after) {
    vertx.setTimer(
        after.toMillis(),
        _ -> {
          if (!stopped) {
            beat();
            schedule(interval);
          }
        });
  }

  private void beat() {
    if (door.state() != FrontDoor.State.OPEN || identity.get().isEmpty()) {
      return;
    }
    JsonObject body =
        new JsonObject()
            .put("instance", instance.toString())
            .put("load", Load.percent(door.share(), machine.getCpuLoad()));
    PeerRequest request =
        PeerRequest.post(PATH, "application/json", Bytes.utf8(body.encode()))
            .withTimeout(TIMEOUT)
            .withMaxAnswerOctets(MAX_ANSWER_OCTETS);
    directory
        .askKeyServer(operator, request)
        .whenComplete(
            (answer, error) -> {
              if (error == null) {
                heard(answer);
              } else {
                report(said(Refusals.of(error)));
              }
            });
  }

  private void heard(PeerAnswer answer) {
    try {
      JsonObject said = Buffer.buffer(answer.body().toByteArray()).toJsonObject();
      if (answer.isSuccess()) {
        interval = bounded(Duration.ofSeconds(said.getLong("interval_seconds", 0L)));
        report("");
      } else {
        report(answer.status() + " " + said.getString("code", ""));
      }
    } catch (DecodeException | ClassCastException e) {
      report("an answer that is none");
    }
  }

  private static String said(RefusedException refused) {
    return refused.code().wire() + ", " + refused.refusal().detail();
  }

  static Duration bounded(Duration said) {
    if (said.compareTo(SHORTEST_INTERVAL) < 0) {
      return FIRST_INTERVAL;
    }
    return said.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : said;
  }

  /** Every few seconds would be too often to say the same. */
  private void report(String problem) {
    if (problem.equals(lastProblem.getAndSet(problem))) {
      return;
    }
    if (problem.isEmpty()) {
      LOG.info("The key server hears the heartbeats");
    } else {
      LOG.warn("The key server does not hear the heartbeats: {}", problem);
    }
  }
}
