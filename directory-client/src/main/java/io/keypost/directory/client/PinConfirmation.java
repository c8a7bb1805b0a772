package io.keypost.directory.client;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.Refusals;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.dns.PinAnswer;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.pin.Confirmation;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the same pin at {@code https://keypost.<domain>/.well-known/keypost}, under the public
 * CAs that this platform trusts (KP-PIN-21). Bounded like every exchange: the addresses that are
 * allowed, no redirect, one pin's octets, seconds.
 */
final class PinConfirmation {
  /** Label of the host. */
  static final String LABEL = "keypost";

  /** Where the text stands. */
  static final String PATH = "/.well-known/keypost";

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** A pin, and the end of its line. */
  private static final int MAX_ANSWER_OCTETS = Pin.MAX_OCTETS + 2;

  private static final int OK = 200;

  private final PeerHttp http;
  private final PeerTrust platform;
  private final DirectorySettings.Web web;
  private final ResolutionTrace trace;

  PinConfirmation(
      PeerHttp http, PeerTrust platform, DirectorySettings.Web web, ResolutionTrace trace) {
    this.http = http;
    this.platform = platform;
    this.web = web;
    this.trace = trace;
  }

  /**
   * Confirms {@code answer}.
   *
   * @return completes exceptionally with {@code first_sight_insecure} when no such pin stands
   *     there, or {@code dns_bogus}, {@code target_not_allowed}, {@code busy} where that is why
   */
  CompletionStage<Confirmation> confirm(PinAnswer answer) {
    Pin pin = answer.pin();
    PeerTarget host;
    try {
      host = new PeerTarget(MailDomain.parseCanonical(LABEL + "." + pin.domain()), web.port());
    } catch (RefusedException e) {
      throw insecure(pin, "its name is too long for a host below it", e);
    }
    PeerRequest request =
        new PeerRequest(
            HttpMethod.GET,
            PATH,
            Map.of("accept", "text/plain"),
            Bytes.empty(),
            MAX_ANSWER_OCTETS,
            TIMEOUT);
    return http.exchange(request, List.of(host), platform)
        .handle(
            (shown, error) -> {
              if (error != null) {
                throw why(pin, host, Refusals.of(error));
              }
              requireSame(pin, shown);
              trace.step(
                  new ResolutionStep.PinConfirmed(pin.domain(), "https://" + host.host() + PATH));
              return Confirmation.HTTPS;
            });
  }

  /** What somebody does on purpose keeps its own code; the rest is that nothing confirms. */
  private static RefusedException why(Pin pin, PeerTarget host, RefusedException error) {
    return switch (error.code()) {
      case DNS_BOGUS, TARGET_NOT_ALLOWED, BUSY -> error;
      default -> insecure(pin, host + ": " + error.refusal().detail(), error);
    };
  }

  private static void requireSame(Pin pin, PeerAnswer shown) {
    if (shown.status() != OK) {
      throw insecure(pin, shown.target() + " answers with status " + shown.status(), null);
    }
    String text =
        new String(shown.body().toByteArray(), StandardCharsets.ISO_8859_1).stripTrailing();
    Pin confirmed;
    try {
      confirmed = Pin.parse(text, pin.domain());
    } catch (RefusedException e) {
      throw insecure(pin, shown.target() + " shows what is no pin", e);
    }
    if (!confirmed.equals(pin)) {
      throw insecure(pin, shown.target() + " shows another pin than DNS", null);
    }
  }

  private static RefusedException insecure(Pin pin, String why, @Nullable Throwable cause) {
    String detail =
        "the pin of "
            + pin.domain()
            + " is not secured by DNSSEC, nothing is remembered of it, and nothing confirms it: "
            + why;
    return cause == null
        ? RefusedException.of(RefusalCode.FIRST_SIGHT_INSECURE, detail)
        : RefusedException.of(RefusalCode.FIRST_SIGHT_INSECURE, detail, cause);
  }
}
