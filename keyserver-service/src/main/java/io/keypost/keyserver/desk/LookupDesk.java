package io.keypost.keyserver.desk;

import io.keypost.directory.AddressView;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.keyserver.desk.Records.Told;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Answers look-ups with signed records and all that is needed to verify them. Operators get what is
 * hosted here; users get pointers followed, into foreign domains too, whose records are passed on
 * as they are.
 */
@Singleton
public class LookupDesk {
  /** Most addresses in one request. */
  public static final int MAX_ADDRESSES = 100;

  /** Most pointers that are followed from one address. */
  public static final int MAX_POINTERS = 3;

  private final Records records;
  private final DirectoryClient directory;

  @Inject
  LookupDesk(Records records, DirectoryClient directory) {
    this.records = records;
    this.directory = directory;
  }

  /** What is said of one address. */
  public sealed interface Answer {
    /** Its record, JWS. */
    record Found(String jws) implements Answer {}

    /** Why there is none. */
    record Failed(Refusal refusal) implements Answer {}
  }

  /**
   * Everything that was found.
   *
   * @param addresses in the order of asking, then of following
   * @param domains kp-domain of each domain in {@code addresses}
   * @param servers kp-servers of each operator of a mailbox in {@code addresses}
   * @param revocations kp-revocations of each of {@code domains}, for users
   */
  public record Answers(
      Map<Address, Answer> addresses,
      Map<MailDomain, String> domains,
      Map<MailDomain, String> servers,
      Map<MailDomain, String> revocations) {}

  /** What is hosted here, nothing followed. */
  public Answers forOperator(Collection<Address> asked) {
    Gathering gathering = new Gathering();
    gathering.round(new LinkedHashSet<>(asked), this::notHere);
    // An operator's directory asks for it every ten minutes, and not with each look-up.
    return gathering.answers(Map.of());
  }

  /** Pointers followed, foreign domains asked. */
  public Answers forUser(Collection<Address> asked) {
    Gathering gathering = new Gathering();
    Set<Address> round = new LinkedHashSet<>(asked);
    for (int pointers = 0; pointers <= MAX_POINTERS && !round.isEmpty(); pointers++) {
      round = gathering.round(round, this::abroad);
    }
    return gathering.answers(gathering.revocations());
  }

  private Map<Address, Supplier<Foreign>> notHere(Collection<Address> addresses) {
    return addresses.stream()
        .collect(
            Collectors.toMap(
                address -> address,
                address ->
                    () -> {
                      throw RefusedException.of(
                          RefusalCode.NOT_FOUND, address.domain() + " is not hosted here");
                    }));
  }

  /** All are asked for before the first is waited for. */
  private Map<Address, Supplier<Foreign>> abroad(Collection<Address> addresses) {
    Map<Address, CompletionStage<Foreign>> asked = new HashMap<>();
    for (Address address : addresses) {
      asked.put(address, directory.address(address).thenApply(Foreign::of));
    }
    return asked.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> () -> Waiting.on(entry.getValue())));
  }

  /** A foreign address, its domain's record, and where it leads. */
  private record Foreign(Told told, MailDomain domain, String domainRecord) {
    static Foreign of(AddressView view) {
      return new Foreign(
          told(view.verified().jws(), view.record().content()),
          view.domain().verified().domain(),
          view.domain().verified().jws());
    }

    private static Told told(String jws, AddressRecord.Content content) {
      return switch (content) {
        case AddressRecord.Mailbox mailbox -> new Told(jws, null, mailbox.operator());
        case AddressRecord.Alias alias -> new Told(jws, alias.target(), null);
        case AddressRecord.Unknown unknown -> new Told(jws, null, null);
        case AddressRecord.Revoked revoked -> new Told(jws, null, null);
      };
    }
  }

  private interface Abroad {
    Map<Address, Supplier<Foreign>> ask(Collection<Address> addresses);
  }

  /** One request's answers while they come together. */
  private final class Gathering {
    private final Map<Address, Answer> addresses = new LinkedHashMap<>();
    private final Map<MailDomain, String> domains = new LinkedHashMap<>();
    private final Map<MailDomain, String> servers = new LinkedHashMap<>();
    private final Map<MailDomain, Boolean> hosted = new HashMap<>();

    /** Answers these; gives back where their pointers lead, as far as that is not answered yet. */
    Set<Address> round(Set<Address> asked, Abroad abroad) {
      Map<MailDomain, List<Address>> byDomain =
          asked.stream()
              .filter(address -> !addresses.containsKey(address))
              .collect(
                  Collectors.groupingBy(Address::domain, LinkedHashMap::new, Collectors.toList()));
      // In the order of asking, whatever comes in first.
      asked.forEach(address -> addresses.putIfAbsent(address, PENDING));
      Set<Address> next = new LinkedHashSet<>();
      List<Address> elsewhere = new ArrayList<>();
      byDomain.forEach(
          (domain, ofDomain) -> {
            if (hosted.computeIfAbsent(domain, records::hosts)) {
              here(domain, ofDomain, next);
            } else {
              elsewhere.addAll(ofDomain);
            }
          });
      abroad.ask(elsewhere).forEach((address, found) -> foreign(address, found, next));
      next.removeAll(addresses.keySet());
      return next;
    }

    private void here(MailDomain domain, List<Address> ofDomain, Set<Address> next) {
      try {
        domains.put(domain, records.domain(domain));
        Map<Address, Told> found = records.addresses(domain, ofDomain);
        for (Address address : ofDomain) {
          Told told = found.get(address);
          if (told == null) {
            fail(
                address,
                Refusal.of(
                    RefusalCode.DIRECTORY_UNAVAILABLE,
                    "the target's consent to " + address + " could not be renewed"));
          } else {
            take(address, told, next);
          }
        }
      } catch (RefusedException e) {
        ofDomain.forEach(address -> fail(address, e.refusal()));
      }
    }

    private void foreign(Address address, Supplier<Foreign> found, Set<Address> next) {
      try {
        Foreign foreign = found.get();
        domains.put(foreign.domain(), foreign.domainRecord());
        take(address, foreign.told(), next);
      } catch (RefusedException e) {
        fail(address, e.refusal());
      }
    }

    private void take(Address address, Told told, Set<Address> next) {
      addresses.put(address, new Answer.Found(told.jws()));
      Address target = told.target();
      if (target != null) {
        next.add(target);
      }
      MailDomain operator = told.operator();
      if (operator != null && !servers.containsKey(operator)) {
        serversOf(operator);
      }
    }

    /** Left out when it cannot be had now: who needs it asks the operator's key server. */
    private void serversOf(MailDomain operator) {
      try {
        if (hosted.computeIfAbsent(operator, records::hosts)) {
          servers.put(operator, records.servers(operator));
          domains.put(operator, records.domain(operator));
        } else {
          var view = Waiting.on(directory.servers(operator));
          servers.put(operator, view.verified().jws());
          domains.put(operator, view.operator().verified().jws());
        }
      } catch (RefusedException e) {
        servers.remove(operator);
      }
    }

    private void fail(Address address, Refusal refusal) {
      addresses.put(address, new Answer.Failed(refusal));
    }

    Map<MailDomain, String> revocations() {
      Map<MailDomain, String> revocations = new LinkedHashMap<>();
      domains
          .keySet()
          .forEach(domain -> revoked(domain).ifPresent(record -> revocations.put(domain, record)));
      return revocations;
    }

    Answers answers(Map<MailDomain, String> revocations) {
      return new Answers(addresses, domains, servers, revocations);
    }

    /** Left out when it cannot be had now: who needs it asks the domain's key server. */
    private Optional<String> revoked(MailDomain domain) {
      try {
        return hosted.computeIfAbsent(domain, records::hosts)
            ? Optional.of(records.revocations(domain))
            : directory.keptRevocations(domain);
      } catch (RefusedException e) {
        return Optional.empty();
      }
    }
  }

  private static final Answer PENDING =
      new Answer.Failed(Refusal.of(RefusalCode.DIRECTORY_UNAVAILABLE, "not answered"));
}
