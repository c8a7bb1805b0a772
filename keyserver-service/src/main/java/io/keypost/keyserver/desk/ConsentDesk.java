package io.keypost.keyserver.desk;

import io.keypost.keyserver.alias.ConsentRequests;
import io.keypost.keyserver.alias.ConsentRequests.State;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.ConsentRequestRow;
import io.keypost.keyserver.store.ConsentRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Consents of users here to aliases that point at them: kept, vouched for, withdrawn. */
@Singleton
public class ConsentDesk {
  /** How long a request is shown that nobody repeats. */
  private static final Duration REQUEST_LIFE = Duration.ofDays(30);

  private final Transactions transactions;
  private final DomainPress press;
  private final Audit audit;
  private final InstantSource clock;

  @Inject
  ConsentDesk(Transactions transactions, DomainPress press, Audit audit, InstantSource clock) {
    this.transactions = transactions;
    this.press = press;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A consent as its giver signed it.
   *
   * @param alias who may point
   * @param target the giver
   * @param serial above every earlier one for the pair
   * @param signature by the giver's primary key
   */
  public record Given(Address alias, Address target, long serial, Bytes signature) {}

  /**
   * Keeps a consent.
   *
   * @return kp-consent
   * @throws RefusedException {@code consent_invalid} when the target did not sign it; {@code
   *     conflict} when its serial is not above the last; {@code not_found} when the target has no
   *     mailbox here
   */
  public String give(Given given) {
    transactions.inTransaction(
        () ->
            Records.locked(given.target().domain())
                .chain(domain -> keyHolder(given.target()))
                .invoke(target -> verify(given, target))
                .chain(() -> row(given.alias(), given.target()))
                .chain(row -> keep(row, given)));
    return find(given.alias(), given.target());
  }

  /** By the certificate of a mailbox; by the statements of one that points elsewhere itself. */
  private void verify(Given given, AddressRow target) {
    if (target.kind == AddressRow.Kind.ALIAS) {
      KeyHistory history = KeyHistory.verify(given.target(), EnrolmentDesk.statements(target));
      ConsentSignatures.verify(
          given.alias(), given.serial(), given.signature(), history, clock.instant());
    } else {
      UserCertificate certificate =
          UserCertificate.decode(Bytes.copyOf(EnrolmentDesk.certificateOf(target)));
      ConsentSignatures.verify(
          given.alias(), given.serial(), given.signature(), certificate, clock.instant());
    }
  }

  private Uni<Void> keep(@Nullable ConsentRow known, Given given) {
    if (known != null && given.serial() <= known.serial) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, "the serial is not above " + known.serial + ", the last one");
    }
    ConsentRow row = known == null ? new ConsentRow() : known;
    row.domain = given.target().domain().value();
    row.local = given.target().local();
    row.alias = given.alias().toString();
    row.serial = given.serial();
    row.signature = given.signature().toByteArray();
    row.given = clock.instant();
    row.withdrawn = null;
    return (known == null ? row.persist().replaceWithVoid() : Uni.createFrom().voidItem())
        .chain(() -> ConsentRequestRow.forget(row.domain, row.local, row.alias))
        .chain(
            () ->
                audit.add(
                    "user:" + given.target(),
                    "consent-given",
                    given.target().toString(),
                    "to alias " + given.alias()));
  }

  /** Takes a consent back; the alias ends when the kp-consent that it holds does. */
  public void withdraw(Address alias, Address target) {
    transactions.inTransaction(
        () ->
            Records.locked(target.domain())
                .chain(domain -> row(alias, target))
                .chain(row -> withdraw(row, alias, target)));
  }

  private Uni<Void> withdraw(@Nullable ConsentRow row, Address alias, Address target) {
    if (row == null || row.withdrawn != null) {
      throw missing(alias, target);
    }
    row.withdrawn = clock.instant();
    return audit.add(
        "user:" + target, "consent-withdrawn", target.toString(), "from alias " + alias);
  }

  /**
   * The consent that stands, vouched for by the target's domain.
   *
   * @return kp-consent
   * @throws RefusedException {@code consent_missing}, also when there is no such target; {@code
   *     consent_suspended} while the target is suspended
   */
  public String find(Address alias, Address target) {
    return transactions.reading(
        () ->
            row(alias, target)
                .chain(
                    row ->
                        row == null || row.withdrawn != null
                            ? Uni.createFrom().failure(missing(alias, target))
                            : AddressRow.at(target.domain().value(), target.local())
                                .map(holder -> standing(row, target, holder)))
                .chain(
                    given ->
                        press
                            .signer(target.domain().value())
                            .map(signer -> signer.sign(record(given)))));
  }

  /**
   * A consent of a key that the target has no more does not stand; one of a target who is shut out
   * for a while does, though nobody vouches for it meanwhile.
   */
  private Given standing(ConsentRow row, Address target, @Nullable AddressRow holder) {
    Given given =
        new Given(
            Address.parseCanonical(row.alias), target, row.serial, Bytes.copyOf(row.signature));
    if (holder != null && holder.kind == AddressRow.Kind.SUSPENDED) {
      throw RefusedException.of(
          RefusalCode.CONSENT_SUSPENDED, target + " is suspended; what it consented to stands");
    }
    try {
      verify(given, requireKeyHolder(holder));
    } catch (RefusedException e) {
      throw missing(given.alias(), given.target());
    }
    return given;
  }

  /**
   * As {@link #find}, for the alias's operator: a consent that is missing is asked for, and its
   * target is shown so.
   */
  public String ask(Address alias, Address target) {
    try {
      return find(alias, target);
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.CONSENT_MISSING) {
        transactions.inTransaction(
            () ->
                AddressRow.at(target.domain().value(), target.local())
                    .chain(
                        row ->
                            row == null || row.kind != AddressRow.Kind.MAILBOX
                                ? Uni.createFrom().voidItem()
                                : remember(alias, row)));
      }
      throw e;
    }
  }

  private Uni<Void> remember(Address alias, AddressRow target) {
    Instant now = clock.instant();
    return ConsentRequestRow.forgetBefore(target.domain, target.local, now.minus(REQUEST_LIFE))
        .chain(() -> ConsentRequestRow.of(target.domain, target.local))
        .chain(
            rows -> {
              for (ConsentRequestRow known : rows) {
                if (known.alias.equals(alias.toString())) {
                  known.asked = known.dismissed == null ? now : known.asked;
                  return Uni.createFrom().voidItem();
                }
              }
              return switch (requests(rows).placeFor(alias.domain())) {
                case ConsentRequests.Place.None _ -> Uni.createFrom().voidItem();
                case ConsentRequests.Place.Free(Optional<Address> instead) ->
                    forget(instead, target).chain(() -> asked(alias, target, now));
              };
            });
  }

  private static ConsentRequests requests(List<ConsentRequestRow> rows) {
    return new ConsentRequests(
        rows.stream()
            .map(
                row ->
                    new ConsentRequests.Request(
                        Address.parseCanonical(row.alias),
                        row.asked,
                        row.dismissed == null ? State.SHOWN : State.DISMISSED))
            .toList());
  }

  private static Uni<Void> forget(Optional<Address> alias, AddressRow target) {
    return alias
        .map(
            known ->
                ConsentRequestRow.forget(target.domain, target.local, known.toString())
                    .replaceWithVoid())
        .orElseGet(() -> Uni.createFrom().voidItem());
  }

  private static Uni<Void> asked(Address alias, AddressRow target, Instant now) {
    ConsentRequestRow row = new ConsentRequestRow();
    row.domain = target.domain;
    row.local = target.local;
    row.alias = alias.toString();
    row.asked = now;
    return row.persist().replaceWithVoid();
  }

  /**
   * Shows a request no more, however often it is repeated while it is remembered.
   *
   * @throws RefusedException {@code not_found} when the alias did not ask
   */
  public void dismiss(Address alias, Address target) {
    transactions.inTransaction(
        () ->
            ConsentRequestRow.at(target.domain().value(), target.local(), alias.toString())
                .onItem()
                .ifNull()
                .failWith(
                    () -> RefusedException.of(RefusalCode.NOT_FOUND, alias + " has not asked"))
                .chain(
                    row -> {
                      row.dismissed = clock.instant();
                      return audit.add(
                          "user:" + target,
                          "consent-request-dismissed",
                          target.toString(),
                          "of alias " + alias);
                    }));
  }

  /**
   * What a user gave and was asked for.
   *
   * @param given that stand, newest first
   * @param asked that wait for an answer, newest first
   */
  public record Consents(List<Standing> given, List<Request> asked) {}

  /** A consent that stands. */
  public record Standing(String alias, Instant given) {}

  /** A consent that is asked for. */
  public record Request(String alias, Instant asked) {}

  /** What {@code target} gave and was asked for. */
  public Consents of(Address target) {
    String domain = target.domain().value();
    return transactions.reading(
        () ->
            ConsentRow.of(domain, target.local())
                .chain(
                    given ->
                        ConsentRequestRow.of(domain, target.local())
                            .map(
                                asked ->
                                    new Consents(
                                        given.stream()
                                            .filter(row -> row.withdrawn == null)
                                            .map(row -> new Standing(row.alias, row.given))
                                            .toList(),
                                        asked.stream()
                                            .filter(row -> row.dismissed == null)
                                            .map(row -> new Request(row.alias, row.asked))
                                            .toList()))));
  }

  private ConsentRecord record(Given given) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new ConsentRecord(
        given.alias(),
        given.target(),
        given.serial(),
        given.signature(),
        now,
        now.plus(RecordKind.CONSENT.life().orElseThrow()));
  }

  private static Uni<ConsentRow> row(Address alias, Address target) {
    return ConsentRow.at(target.domain().value(), target.local(), alias.toString());
  }

  private static Uni<AddressRow> keyHolder(Address target) {
    return AddressRow.at(target.domain().value(), target.local())
        .map(ConsentDesk::requireKeyHolder);
  }

  /** A mailbox, or an address with a key of its own that points elsewhere. */
  private static AddressRow requireKeyHolder(@Nullable AddressRow row) {
    return row != null && row.kind == AddressRow.Kind.ALIAS && !row.statements.isEmpty()
        ? row
        : EnrolmentDesk.requireMailbox(row);
  }

  private static RefusedException missing(Address alias, Address target) {
    return RefusedException.of(
        RefusalCode.CONSENT_MISSING, target + " has not consented to " + alias);
  }
}
