package io.keypost.keyserver.desk;

import io.keypost.directory.AddressView;
import io.keypost.directory.Resolution;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.keyserver.alias.AliasChange;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Aliases of domains here. Each holds the consent of its target, fetched from the target's key
 * server as everybody would verify it, and renewed while it stands ({@link ConsentRenewals}).
 */
@Singleton
public class AliasDesk {
  private final Transactions transactions;
  private final DirectoryClient directory;
  private final Audit audit;
  private final ForeignConsents consents;
  private final InstantSource clock;

  @Inject
  AliasDesk(
      Transactions transactions,
      DirectoryClient directory,
      Audit audit,
      ForeignConsents consents,
      InstantSource clock) {
    this.transactions = transactions;
    this.directory = directory;
    this.audit = audit;
    this.consents = consents;
    this.clock = clock;
  }

  /**
   * Points an address at a target.
   *
   * @throws RefusedException {@code consent_missing}, {@code consent_invalid}, {@code
   *     statement_invalid}, {@code conflict}, or a temporary one of the target's directory
   */
  public void point(AliasChange change) {
    point(change, Audit.OPERATOR);
  }

  /**
   * Takes the next statement of a user's own address: that it points elsewhere from now on, or that
   * it is a mailbox again under the key that it had.
   *
   * @throws RefusedException as {@link #point(AliasChange)}; {@code conflict} when it is a mailbox
   *     already
   */
  public void state(Address user, KeyStatement statement) {
    switch (statement.says()) {
      case KeyStatement.Says.Pointer pointer ->
          point(new AliasChange(user, pointer.target(), Optional.of(statement)), "user:" + user);
      case KeyStatement.Says.Key key -> comeBack(user, statement);
    }
  }

  private void comeBack(Address user, KeyStatement statement) {
    transactions.inTransaction(
        () ->
            Records.locked(user.domain())
                .chain(domain -> AddressRow.at(user.domain().value(), user.local()))
                .chain(row -> comeBack(row, user, statement)));
  }

  private Uni<Void> comeBack(@Nullable AddressRow row, Address user, KeyStatement statement) {
    if (row == null
        || row.certificate == null
        || (row.kind != AddressRow.Kind.ALIAS && row.kind != AddressRow.Kind.UNKNOWN)) {
      throw RefusedException.of(RefusalCode.CONFLICT, user + " does not point anywhere");
    }
    List<KeyStatement> all = new ArrayList<>(EnrolmentDesk.statements(row));
    all.add(statement);
    KeyHistory history = KeyHistory.verify(user, all);
    UserCertificate certificate =
        UserCertificate.decode(Bytes.copyOf(EnrolmentDesk.certificateOf(row)));
    if (!history.primaryFingerprint().equals(certificate.fingerprint())) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID, "the statement names another key than the certificate's");
    }
    row.statements = text(all);
    row.kind = AddressRow.Kind.MAILBOX;
    release(row);
    row.changed = clock.instant();
    row.published.stale = true;
    return audit.add("user:" + user, "alias-ended", user.toString(), "is a mailbox again");
  }

  private static String text(List<KeyStatement> statements) {
    return statements.stream().map(KeyStatement::text).collect(Collectors.joining("\n"));
  }

  private void point(AliasChange change, String actor) {
    Address alias = change.alias();
    requireNoLoop(alias, change.target());
    Verified<ConsentRecord> consent = consents.fetch(alias, change.target());
    transactions.inTransaction(
        () ->
            Records.locked(alias.domain())
                .chain(domain -> AddressRow.at(alias.domain().value(), alias.local()))
                .chain(row -> point(row, change, consent, actor)));
  }

  /**
   * Follows where the target leads now, so that no pointer is made that nobody could follow. What
   * is made elsewhere afterwards is found out by whoever follows (KP-RTE-3).
   */
  private void requireNoLoop(Address alias, Address target) {
    Instant now = clock.instant();
    Address at = target;
    for (int pointers = 1; !at.equals(alias) && pointers <= Resolution.MAX_POINTERS; pointers++) {
      AddressView view = Waiting.on(directory.addressFetchedSince(at, now));
      if (!(view.record().content() instanceof AddressRecord.Alias further)) {
        return;
      }
      at = further.target();
    }
    throw RefusedException.of(
        RefusalCode.ALIAS_LOOP,
        at.equals(alias)
            ? alias + " would lead to itself"
            : alias + " would lead over more than " + Resolution.MAX_POINTERS + " pointers");
  }

  private Uni<Void> point(
      @Nullable AddressRow known,
      AliasChange change,
      Verified<ConsentRecord> consent,
      String actor) {
    if (known != null
        && (known.kind == AddressRow.Kind.REVOKED || known.kind == AddressRow.Kind.SUSPENDED)) {
      throw RefusedException.of(RefusalCode.CONFLICT, "the address is revoked or suspended");
    }
    Instant now = clock.instant();
    AddressRow row = known == null ? EnrolmentDesk.created(change.alias(), now) : known;
    row.statements = text(change.statements(EnrolmentDesk.statements(row)));
    row.kind = AddressRow.Kind.ALIAS;
    row.target = change.target().toString();
    hold(row, consent, now);
    return (known == null ? row.persist().replaceWithVoid() : Uni.createFrom().voidItem())
        .chain(
            () ->
                audit.add(
                    actor, "alias-set", change.alias().toString(), "points at " + change.target()));
  }

  private static void hold(AddressRow row, Verified<ConsentRecord> consent, Instant now) {
    row.consent = consent.jws();
    row.consentExpires = consent.record().expiry();
    row.consentFailures = 0;
    row.consentNextTry = null;
    row.changed = now;
    row.published.stale = true;
  }

  private static void release(AddressRow row) {
    row.target = null;
    row.consent = null;
    row.consentExpires = null;
    row.consentFailures = 0;
    row.consentNextTry = null;
  }

  /**
   * Ends an alias.
   *
   * @throws RefusedException {@code not_found} when the address is none
   */
  public void end(Address alias) {
    end(alias, Audit.OPERATOR, "ended by the operator");
  }

  /** Ends it for {@code actor}; errors as {@link #end(Address)}. */
  void end(Address alias, String actor, String why) {
    transactions.inTransaction(() -> ended(alias, actor, why));
  }

  private Uni<Void> ended(Address alias, String actor, String why) {
    return Records.locked(alias.domain())
        .chain(domain -> AddressRow.at(alias.domain().value(), alias.local()))
        .chain(
            row -> {
              if (row == null || row.kind != AddressRow.Kind.ALIAS) {
                throw RefusedException.of(RefusalCode.NOT_FOUND, alias + " is no alias");
              }
              row.kind = AddressRow.Kind.UNKNOWN;
              release(row);
              row.changed = clock.instant();
              row.published.stale = true;
              return audit.add(actor, "alias-ended", alias.toString(), why);
            });
  }

  /** Holds a consent in the place of the one before, if the alias points there still. */
  void renew(Address alias, Address target, Verified<ConsentRecord> consent) {
    transactions.inTransaction(
        () ->
            Records.locked(alias.domain())
                .chain(domain -> AddressRow.at(alias.domain().value(), alias.local()))
                .invoke(
                    row -> {
                      if (row != null && target.toString().equals(row.target)) {
                        hold(row, consent, clock.instant());
                      }
                    })
                .replaceWithVoid());
  }
}
