package io.keypost.client.cli;

import io.keypost.client.TrustChain;
import io.keypost.client.json.Json;
import io.keypost.directory.AddressView;
import io.keypost.directory.Resolution;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.Refusal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A chain of trust for people, and for programs (docs/client.md, "whois"). */
final class TrustChainView {
  private TrustChainView() {}

  /** One line for each link, then what stands at the end. */
  static List<String> lines(TrustChain chain) {
    List<String> lines = new ArrayList<>();
    for (TrustChain.Link link : chain.links()) {
      lines.add(line("ok", link.at(), link.kind().word(), link.subject(), link.detail()));
    }
    chain
        .broken()
        .ifPresent(
            broken ->
                lines.add(
                    line(
                        "FAIL",
                        broken.at(),
                        broken.kind().word(),
                        broken.subject(),
                        broken.reason().code().wire()
                            + ": "
                            + broken.reason().refusal().detail())));
    chain.resolution().map(Resolution::target).ifPresent(target -> lines.addAll(target(target)));
    return lines;
  }

  private static String line(
      String verdict, Instant at, String kind, String subject, String detail) {
    return MessageView.printable(
        "%-4s  %s  %-19s  %s: %s"
            .formatted(
                verdict,
                DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.SECONDS)),
                kind,
                shown(subject),
                detail));
  }

  private static String shown(String subject) {
    return subject.indexOf('@') < 0
        ? MailDomain.parseCanonical(subject).shown()
        : Address.parseCanonical(subject).shown();
  }

  private static List<String> target(AddressView target) {
    String kind = target.record().content().getClass().getSimpleName().toLowerCase(Locale.ROOT);
    return List.of("", target.record().address().shown() + "  " + kind);
  }

  /** The whole as one JSON object. */
  static String json(TrustChain chain) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("asked", chain.asked().toString());
    map.put("links", chain.links().stream().map(TrustChainView::link).toList());
    chain
        .resolution()
        .map(Resolution::target)
        .ifPresent(target -> map.put("target", asMap(target)));
    chain.broken().ifPresent(broken -> map.put("failure", asMap(broken)));
    return Json.write(map);
  }

  private static Map<String, Object> link(TrustChain.Link link) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("link", link.kind().word());
    map.put("subject", link.subject());
    map.put("at", link.at().toString());
    map.put("detail", link.detail());
    map.put("facts", link.facts());
    return map;
  }

  private static Map<String, Object> asMap(AddressView target) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("address", target.record().address().toString());
    map.put(
        "content", target.record().content().getClass().getSimpleName().toLowerCase(Locale.ROOT));
    target
        .certificate()
        .ifPresent(certificate -> map.put("primary_key", certificate.fingerprint().hex()));
    return map;
  }

  private static Map<String, Object> asMap(TrustChain.BrokenLink broken) {
    Refusal refusal = broken.reason().refusal();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("link", broken.kind().word());
    map.put("subject", broken.subject());
    map.put("at", broken.at().toString());
    map.put("code", refusal.code().wire());
    map.put("kind", refusal.code().kind().name().toLowerCase(Locale.ROOT));
    map.put("detail", refusal.detail());
    if (refusal instanceof Refusal.RetryAfter later) {
      map.put("retry_after_seconds", later.after().toSeconds());
    }
    return map;
  }
}
