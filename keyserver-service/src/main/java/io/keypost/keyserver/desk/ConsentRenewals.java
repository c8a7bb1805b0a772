package io.keypost.keyserver.desk;

import io.keypost.directory.client.DirectoryClient;
import io.keypost.keyserver.alias.AliasEnd;
import io.keypost.keyserver.alias.Backoff;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Fetches the consents that aliases here hold anew before they end. Every alias has its turn: the
 * aliases of one target domain are asked for one after the other and for a bounded time, beside
 * those of the others, and what fails waits longer each time (T15, T26).
 */
@Singleton
public class ConsentRenewals {
  /** A consent with less left than this is fetched anew; it lives 24 hours. */
  static final Duration RENEWED_BEFORE_END = Duration.ofHours(16);

  /** Target domains that are asked at the same time, each one thing at a time. */
  static final int DOMAINS_AT_ONCE = 16;

  /** How long one target domain is asked in a row; what is left then waits as if it had failed. */
  static final Duration TIME_FOR_A_DOMAIN = Duration.ofMinutes(1);

  /** Aliases that are looked at together. */
  static final int PAGE = 500;

  /** Pages of one round: what comes after them is due in the next. */
  static final int MOST_PAGES = 40;

  private static final Logger LOG = Logger.getLogger(ConsentRenewals.class);

  private final Transactions transactions;
  private final DirectoryClient directory;
  private final ForeignConsents consents;
  private final AliasDesk aliases;
  private final InstantSource clock;
  private final SecureRandom random;

  @Inject
  ConsentRenewals(
      Transactions transactions,
      DirectoryClient directory,
      ForeignConsents consents,
      AliasDesk aliases,
      InstantSource clock,
      SecureRandom random) {
    this.transactions = transactions;
    this.directory = directory;
    this.consents = consents;
    this.aliases = aliases;
    this.clock = clock;
    this.random = random;
  }

  /** An alias whose consent ends soon. */
  private record Due(Address alias, Address target, Instant consentEnd, int failures) {
    static Stream<Due> of(AddressRow row) {
      String target = row.target;
      Instant end = row.consentExpires;
      return target == null || end == null
          ? Stream.empty()
          : Stream.of(
              new Due(
                  Address.parseCanonical(row.local + "@" + row.domain),
                  Address.parseCanonical(target),
                  end,
                  row.consentFailures));
    }
  }

  /** One round: every alias that is due now is asked for, or put off, once. */
  public void renewAll() {
    for (int page = 0; page < MOST_PAGES; page++) {
      List<Due> due = due();
      if (due.isEmpty()) {
        return;
      }
      Map<MailDomain, List<Due>> byTarget =
          due.stream().collect(Collectors.groupingBy(alias -> alias.target().domain()));
      try (ExecutorService threads =
          Executors.newFixedThreadPool(DOMAINS_AT_ONCE, Thread.ofVirtual().factory())) {
        byTarget.values().forEach(group -> threads.execute(() -> renew(group)));
      }
    }
  }

  /** Those that never failed first. */
  private List<Due> due() {
    Instant now = clock.instant();
    return transactions
        .reading(
            () ->
                AddressRow.<AddressRow>find(
                        "kind = ?1 and consentExpires < ?2"
                            + " and (consentNextTry is null or consentNextTry <= ?3)"
                            + " order by consentNextTry nulls first, consentExpires",
                        AddressRow.Kind.ALIAS,
                        now.plus(RENEWED_BEFORE_END),
                        now)
                    .page(0, PAGE)
                    .list())
        .stream()
        .flatMap(Due::of)
        .toList();
  }

  private void renew(List<Due> ofOneDomain) {
    Instant end = clock.instant().plus(TIME_FOR_A_DOMAIN);
    for (int at = 0; at < ofOneDomain.size(); at++) {
      if (clock.instant().isAfter(end)) {
        LOG.warnf(
            "%s is slow: %d consents of its users are not asked for now",
            ofOneDomain.get(at).target().domain(), ofOneDomain.size() - at);
        putOff(ofOneDomain.subList(at, ofOneDomain.size()));
        return;
      }
      renewOrPutOff(ofOneDomain.get(at));
    }
  }

  /** Whatever goes wrong with one alias is its own affair. */
  private void renewOrPutOff(Due due) {
    try {
      renew(due);
    } catch (RuntimeException e) {
      LOG.warnf("the consent to alias %s is not renewed: %s", due.alias(), e);
      putOff(List.of(due));
    }
  }

  private void renew(Due due) {
    Instant asked = clock.instant();
    try {
      aliases.renew(due.alias(), due.target(), consents.fetch(due.alias(), due.target()));
    } catch (RefusedException e) {
      switch (e.code()) {
        case CONSENT_MISSING, CONSENT_INVALID -> endOrPutOff(due, e, asked);
        default -> throw e;
      }
    }
  }

  private void endOrPutOff(Due due, RefusedException lack, Instant asked) {
    AddressRecord target = Waiting.on(directory.addressFetchedSince(due.target(), asked)).record();
    Optional<String> why = AliasEnd.reason(target, due.consentEnd(), lack, clock.instant());
    if (why.isEmpty()) {
      throw lack;
    }
    aliases.end(due.alias(), Audit.SERVICE, why.get());
  }

  private void putOff(List<Due> aliases) {
    try {
      aliases.stream()
          .collect(
              Collectors.groupingBy(
                  due -> due.alias().domain(), Collectors.groupingBy(Due::failures)))
          .forEach(
              (domain, byFailures) ->
                  byFailures.forEach((failures, group) -> putOff(domain, failures, group)));
    } catch (RefusedException e) {
      // The database is away: they are due still when it is back.
      LOG.warnf("%d consents cannot be put off: %s", aliases.size(), e.getMessage());
    }
  }

  private void putOff(MailDomain domain, int failures, List<Due> aliases) {
    Instant next = clock.instant().plus(Backoff.after(failures, random));
    transactions.inTransaction(
        () -> putOff(domain, next, aliases.stream().map(due -> due.alias().local()).toList()));
  }

  private static Uni<Void> putOff(MailDomain domain, Instant next, List<String> locals) {
    return AddressRow.update(
            "consentFailures = consentFailures + 1, consentNextTry = ?1"
                + " where domain = ?2 and local in ?3",
            next,
            domain.value(),
            locals)
        .replaceWithVoid();
  }
}
