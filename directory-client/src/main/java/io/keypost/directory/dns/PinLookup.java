package io.keypost.directory.dns;

import io.keypost.directory.cache.TimedCache;
import io.keypost.directory.cache.TimedCache.Timed;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Finds the one pin of a domain (KP-PIN). */
public final class PinLookup {
  /** Domains whose pins are kept for their time to live. */
  private static final int MAX_PINS = 100_000;

  private final DnsLookups dns;
  private final TimedCache<MailDomain, PinAnswer> known;

  /** Looks up through {@code dns}. */
  public PinLookup(DnsLookups dns, InstantSource clock) {
    this.dns = dns;
    this.known = new TimedCache<>(clock, MAX_PINS);
  }

  /**
   * The pin of {@code domain}, whatever its security.
   *
   * @return completes exceptionally with {@link RefusedException}: {@code pin_missing} (none, or
   *     several), {@code pin_malformed}, and as {@link DnsLookups}
   */
  public CompletionStage<PinAnswer> pin(MailDomain domain) {
    return known.get(
        domain,
        () ->
            dns.lookup(Pin.LABEL + '.' + domain.value(), Type.TXT)
                .thenApply(
                    answer ->
                        new Timed<>(
                            new PinAnswer(
                                onlyPin(answer.records(), domain),
                                answer.security(),
                                answer.timeToLive()),
                            answer.timeToLive())));
  }

  /** Asks DNS anew next time: the pin that is known did not lead to what it should. */
  public void forget(MailDomain domain) {
    known.forget(domain);
  }

  private static Pin onlyPin(List<Record> records, MailDomain domain) {
    List<String> pins =
        records.stream()
            .map(TXTRecord.class::cast)
            .map(PinLookup::text)
            .filter(Pin::claimsToBePin)
            .toList();
    if (pins.isEmpty()) {
      throw RefusedException.of(RefusalCode.PIN_MISSING, domain + " has no Keypost pin in DNS");
    }
    if (pins.size() > 1) {
      // Choosing one would let whoever adds a record to the set choose.
      throw RefusedException.of(
          RefusalCode.PIN_MISSING, domain + " has " + pins.size() + " Keypost pins in DNS");
    }
    return Pin.parse(pins.getFirst(), domain);
  }

  /** The strings of the record joined without anything between (RFC 6376 section 3.6.2.2). */
  private static String text(TXTRecord txt) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : txt.getStringsAsByteArrays()) {
      joined.writeBytes(part);
    }
    return joined.toString(StandardCharsets.ISO_8859_1);
  }
}
