package io.keypost.keyserver.desk;

import io.keypost.keyserver.record.Edition;
import io.keypost.keyserver.record.Press;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.PublishedRecord;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hands out records of the domains hosted here: what is stored while it is fresh, else signed anew
 * under the domain's lock.
 */
@Singleton
public class Records {
  private final Transactions transactions;
  private final DomainPress press;
  private final InstantSource clock;

  @Inject
  Records(Transactions transactions, DomainPress press, InstantSource clock) {
    this.transactions = transactions;
    this.press = press;
    this.clock = clock;
  }

  /**
   * kp-domain.
   *
   * @throws RefusedException {@code not_found} when the domain is not hosted here, {@code
   *     unavailable} before its authority was uploaded
   */
  public String domain(MailDomain domain) {
    DomainRow row = hosted(domain);
    return fresh(row.domainRecord, RecordKind.DOMAIN, row)
        .orElseGet(
            () -> transactions.inTransaction(() -> locked(domain).chain(press::domain)).jws());
  }

  /** The newest root statement; errors as {@link #domain}. */
  public String rootStatement(MailDomain domain) {
    String statement = hosted(domain).rootStatement;
    if (statement == null) {
      throw DomainKeys.notReady();
    }
    return statement;
  }

  /** kp-servers; errors as {@link #domain}. */
  public String servers(MailDomain operator) {
    DomainRow row = hosted(operator);
    return fresh(row.serversRecord, RecordKind.SERVERS, row)
        .orElseGet(
            () -> transactions.inTransaction(() -> locked(operator).chain(press::servers)).jws());
  }

  /** kp-revocations; errors as {@link #domain}. */
  public String revocations(MailDomain domain) {
    DomainRow row = hosted(domain);
    return fresh(row.revocationsRecord, RecordKind.REVOCATIONS, row)
        .orElseGet(
            () -> transactions.inTransaction(() -> locked(domain).chain(press::revocations)).jws());
  }

  /**
   * A kp-address and where it leads.
   *
   * @param jws the record
   * @param target where a pointer points
   * @param operator who takes a mailbox's mail
   */
  public record Told(String jws, @Nullable Address target, @Nullable MailDomain operator) {
    private static Told of(AddressRow row, String jws) {
      String target = row.target;
      String operator = row.operator;
      return new Told(
          jws,
          row.kind == AddressRow.Kind.ALIAS && target != null
              ? Address.parseCanonical(target)
              : null,
          row.kind == AddressRow.Kind.MAILBOX && operator != null
              ? new MailDomain(operator)
              : null);
    }
  }

  /** Whether the domain is hosted here, ready or not. */
  public boolean hosts(MailDomain domain) {
    return transactions.reading(() -> DomainRow.named(domain.value()).map(row -> row != null));
  }

  /**
   * kp-address of each, a signed negative one where nothing stands. {@code user+tag} without an
   * entry of its own is answered with the record of {@code user}.
   *
   * @param addresses all of {@code domain}, at most 100
   * @return by the address that was asked for; one is missing when its alias has no consent that is
   *     still good, so that nothing can be said of it now
   */
  public Map<Address, Told> addresses(MailDomain domain, Collection<Address> addresses) {
    DomainRow row = hosted(domain);
    Set<String> locals = new LinkedHashSet<>();
    for (Address address : addresses) {
      locals.add(address.local());
      locals.add(address.withoutTag().local());
    }
    Map<String, AddressRow> stored =
        byLocal(transactions.reading(() -> AddressRow.of(domain.value(), locals)));
    Map<Address, Told> answers = new HashMap<>();
    for (Address address : addresses) {
      AddressRow found = entry(stored, address);
      if (found != null) {
        fresh(found.published, RecordKind.ADDRESS, row)
            .ifPresent(jws -> answers.put(address, Told.of(found, jws)));
      }
    }
    List<Address> due =
        addresses.stream()
            .filter(a -> !answers.containsKey(a) && entry(stored, a) != null)
            .distinct()
            .toList();
    if (!due.isEmpty()) {
      answers.putAll(transactions.inTransaction(() -> signAnew(domain, due, locals)));
    }
    List<Address> absent =
        addresses.stream().filter(a -> entry(stored, a) == null).distinct().toList();
    if (!absent.isEmpty()) {
      answers.putAll(transactions.reading(() -> signUnknown(domain, absent)));
    }
    return answers;
  }

  /** Without the lock: seq 0 comes before whatever is being written there right now. */
  private Uni<Map<Address, Told>> signUnknown(MailDomain domain, List<Address> absent) {
    return DomainRow.named(domain.value())
        .chain(press::of)
        .map(
            domainPress ->
                absent.stream()
                    .collect(
                        Collectors.toMap(
                            address -> address,
                            address -> new Told(press.unknown(domainPress, address), null, null))));
  }

  private Uni<Map<Address, Told>> signAnew(
      MailDomain domain, List<Address> due, Set<String> locals) {
    return locked(domain)
        .chain(
            row ->
                press
                    .of(row)
                    .chain(
                        press ->
                            AddressRow.of(domain.value(), locals)
                                .map(stored -> signAnew(row, press, byLocal(stored), due))));
  }

  private Map<Address, Told> signAnew(
      DomainRow domain, Press domainPress, Map<String, AddressRow> stored, List<Address> due) {
    Instant now = clock.instant();
    Map<Address, Told> signed = new HashMap<>();
    for (Address address : due) {
      AddressRow row = entry(stored, address);
      if (row != null && !lacksConsent(row, now)) {
        signed.put(address, Told.of(row, edition(domain, domainPress, row, now).jws()));
      }
    }
    return signed;
  }

  private Edition edition(DomainRow domain, Press domainPress, AddressRow row, Instant now) {
    // Another instance, or another address of the request, may have been first.
    return row.published
        .edition()
        .filter(last -> !row.published.stale)
        .filter(
            last ->
                last.isFresh(
                    RecordKind.ADDRESS, domainPress.gen(), domainPress.signerDigest(), now))
        .orElseGet(() -> press.address(domain, domainPress, row));
  }

  private static boolean lacksConsent(AddressRow row, Instant now) {
    Instant end = row.consentExpires;
    return row.kind == AddressRow.Kind.ALIAS && (end == null || !now.isBefore(end.minusSeconds(1)));
  }

  private static @Nullable AddressRow entry(Map<String, AddressRow> stored, Address address) {
    AddressRow own = stored.get(address.local());
    return own != null ? own : stored.get(address.withoutTag().local());
  }

  private static Map<String, AddressRow> byLocal(List<AddressRow> rows) {
    return rows.stream().collect(Collectors.toMap(row -> row.local, row -> row));
  }

  /** The stored form, if the domain signs with the same certificate still. */
  private Optional<String> fresh(PublishedRecord published, RecordKind kind, DomainRow row) {
    byte[] signer = row.signer;
    if (published.stale || signer == null) {
      return Optional.empty();
    }
    Digest current = new Digest(Bytes.copyOf(signer));
    return published
        .edition()
        .filter(edition -> edition.isFresh(kind, row.gen, current, clock.instant()))
        .map(Edition::jws);
  }

  private DomainRow hosted(MailDomain domain) {
    DomainRow row = transactions.reading(() -> DomainRow.named(domain.value()));
    if (row == null) {
      throw notHosted(domain);
    }
    if (row.rootStatement == null) {
      throw DomainKeys.notReady();
    }
    return row;
  }

  /** Reads and locks a domain that is hosted here. */
  static Uni<DomainRow> locked(MailDomain domain) {
    return DomainRow.locked(domain.value()).onItem().ifNull().failWith(() -> notHosted(domain));
  }

  static RefusedException notHosted(MailDomain domain) {
    return RefusedException.of(RefusalCode.NOT_FOUND, domain + " is not hosted here");
  }
}
