package io.keypost.keyserver.desk;

import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.ConsentRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Consents of users here to aliases that point at them: kept, vouched for, withdrawn. */
@Singleton
public class ConsentDesk {
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
                .chain(domain -> mailbox(given.target()))
                .invoke(certificate -> verify(given, certificate))
                .chain(() -> row(given.alias(), given.target()))
                .chain(row -> keep(row, given)));
    return find(given.alias(), given.target());
  }

  private void verify(Given given, UserCertificate certificate) {
    ConsentSignatures.verify(
        given.alias(), given.serial(), given.signature(), certificate, clock.instant());
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
   * @throws RefusedException {@code consent_missing}, also when there is no such target
   */
  public String find(Address alias, Address target) {
    return transactions.reading(
        () ->
            row(alias, target)
                .chain(
                    row ->
                        row == null || row.withdrawn != null
                            ? Uni.createFrom().failure(missing(alias, target))
                            : mailbox(target)
                                .onFailure(RefusedException.class)
                                .transform(gone -> missing(alias, target))
                                .map(certificate -> standing(row, certificate)))
                .chain(
                    given ->
                        press
                            .signer(target.domain().value())
                            .map(signer -> signer.sign(record(given)))));
  }

  /** A consent of a key that the target has no more does not stand. */
  private Given standing(ConsentRow row, UserCertificate certificate) {
    Given given =
        new Given(
            Address.parseCanonical(row.alias),
            certificate.address(),
            row.serial,
            Bytes.copyOf(row.signature));
    try {
      verify(given, certificate);
    } catch (RefusedException e) {
      throw missing(given.alias(), given.target());
    }
    return given;
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

  private static Uni<UserCertificate> mailbox(Address target) {
    return AddressRow.at(target.domain().value(), target.local())
        .map(EnrolmentDesk::requireMailbox)
        .map(row -> UserCertificate.decode(Bytes.copyOf(EnrolmentDesk.certificateOf(row))));
  }

  private static RefusedException missing(Address alias, Address target) {
    return RefusedException.of(
        RefusalCode.CONSENT_MISSING, target + " has not consented to " + alias);
  }
}
