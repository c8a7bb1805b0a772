package io.keypost.keyserver.desk;

import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.AddressRow.Kind;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.LoginKeyRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.function.BiFunction;

/**
 * What an operator may do to a user: shut the mailbox for a while, delete it, revoke the address
 * for good. None of it touches the user's keys: an operator cannot speak for a user.
 */
@Singleton
public class UserDesk {
  private final Transactions transactions;
  private final KeyringDesk keyrings;
  private final Revocations revocations;
  private final Audit audit;
  private final InstantSource clock;

  @Inject
  UserDesk(
      Transactions transactions,
      KeyringDesk keyrings,
      Revocations revocations,
      Audit audit,
      InstantSource clock) {
    this.transactions = transactions;
    this.keyrings = keyrings;
    this.revocations = revocations;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Revokes an address for good: it receives and sends no more, its login keys end, and its primary
   * key stands in {@code kp-revocations} for those who keep its record still (KP-REC-24).
   *
   * @throws RefusedException {@code not_found} when nothing ever stood there
   */
  public void revoke(Address address) {
    change(
        address,
        (domain, row) -> {
          if (row.kind == Kind.REVOKED) {
            return Uni.createFrom().voidItem();
          }
          become(row, Kind.REVOKED);
          row.revokedFrom = clock.instant();
          return LoginKeyRow.revokeAll(row.domain, row.local, clock.instant())
              .chain(() -> revokeKey(domain, row))
              .chain(() -> told("address-revoked", address));
        });
  }

  /**
   * Shuts a mailbox until {@link #resume}: its record says revoked, and no login key opens anything
   * meanwhile.
   *
   * @throws RefusedException {@code not_found} when there is no such mailbox
   */
  public void suspend(Address address) {
    change(
        address,
        (_, row) -> {
          if (row.kind == Kind.SUSPENDED) {
            return Uni.createFrom().voidItem();
          }
          EnrolmentDesk.requireMailbox(row);
          become(row, Kind.SUSPENDED);
          row.revokedFrom = clock.instant();
          return told("address-suspended", address);
        });
  }

  /**
   * Opens a suspended mailbox again, under the keys that it had.
   *
   * @throws RefusedException {@code not_found} when it is not suspended
   */
  public void resume(Address address) {
    change(
        address,
        (_, row) -> {
          if (row.kind != Kind.SUSPENDED) {
            throw RefusedException.of(RefusalCode.NOT_FOUND, address + " is not suspended");
          }
          become(row, Kind.MAILBOX);
          row.revokedFrom = null;
          return told("address-resumed", address);
        });
  }

  /**
   * Deletes a user: the address is unknown from now on; keyring, devices, parcels, login keys and
   * consents are gone. What the address once said of its key stays: whoever gets it next is not
   * taken for the one before (KP-ENR-7).
   *
   * @throws RefusedException {@code not_found} when there is no such user; {@code conflict} for an
   *     address that was revoked for good
   */
  public void delete(Address address) {
    change(
        address,
        (_, row) -> {
          switch (row.kind) {
            case MAILBOX, SUSPENDED -> {}
            case ALIAS, UNKNOWN ->
                throw RefusedException.of(RefusalCode.NOT_FOUND, "there is no user " + address);
            case REVOKED ->
                throw RefusedException.of(RefusalCode.CONFLICT, address + " is revoked for good");
          }
          become(row, Kind.UNKNOWN);
          row.certificate = null;
          row.operator = null;
          row.pool = null;
          row.revokedFrom = null;
          return keyrings
              .forget(address, clock.instant())
              .chain(() -> told("address-deleted", address));
        });
  }

  /** One that stands for all subkeys that it binds; nothing for an address that has no key. */
  private Uni<Void> revokeKey(DomainRow domain, AddressRow row) {
    byte[] certificate = row.certificate;
    return certificate == null
        ? Uni.createFrom().voidItem()
        : revocations
            .key(
                domain, new Digest(UserCertificate.decode(Bytes.copyOf(certificate)).fingerprint()))
            .replaceWithVoid();
  }

  private void become(AddressRow row, Kind kind) {
    row.kind = kind;
    row.changed = clock.instant();
    row.published.stale = true;
  }

  private Uni<Void> told(String action, Address address) {
    return audit.add(Audit.OPERATOR, action, address.toString(), "");
  }

  private void change(Address address, BiFunction<DomainRow, AddressRow, Uni<Void>> work) {
    transactions.inTransaction(
        () ->
            Records.locked(address.domain())
                .chain(
                    domain ->
                        AddressRow.at(address.domain().value(), address.local())
                            .onItem()
                            .ifNull()
                            .failWith(
                                () ->
                                    RefusedException.of(
                                        RefusalCode.NOT_FOUND, "there is no " + address))
                            .chain(row -> work.apply(domain, row))));
  }
}
