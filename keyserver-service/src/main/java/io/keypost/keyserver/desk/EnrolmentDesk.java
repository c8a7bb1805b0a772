package io.keypost.keyserver.desk;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.enrolment.EnrolmentRequest;
import io.keypost.keyserver.enrolment.OneTimeCode;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.EnrolmentCodeRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Enrols users. */
@Singleton
public class EnrolmentDesk {
  private final Transactions transactions;
  private final Audit audit;
  private final KeyringDesk keyrings;
  private final Operator operator;
  private final String pool;
  private final InstantSource clock;

  @Inject
  EnrolmentDesk(
      Transactions transactions,
      Audit audit,
      KeyringDesk keyrings,
      Operator operator,
      KeyServerConfig config,
      InstantSource clock) {
    this.transactions = transactions;
    this.audit = audit;
    this.keyrings = keyrings;
    this.operator = operator;
    this.pool = config.defaultPool();
    this.clock = clock;
  }

  /**
   * Enrols a user; the code is spent only if all else was good.
   *
   * @return the operator of the mailbox is this provider's
   * @throws RefusedException {@code code_invalid}, one for every reason; what {@link
   *     EnrolmentRequest#verify} refuses; {@code conflict} when the address is an alias or revoked
   */
  public void enrol(EnrolmentRequest request) {
    Address address = request.address();
    // Cheap first: without a code nobody makes this server parse a certificate.
    EnrolmentCodeRow allowed =
        transactions.reading(
            () -> code(request.code(), LockModeType.NONE).invoke(row -> requireGood(row, address)));
    List<KeyStatement> before =
        transactions.reading(
            () ->
                AddressRow.at(address.domain().value(), address.local())
                    .map(EnrolmentDesk::statements));
    // Who lost everything begins anew: nothing that was remembered of the address leads there.
    KeyHistory history = request.verify(allowed.replacesKey ? List.of() : before, clock.instant());
    transactions.inTransaction(
        () ->
            Records.locked(address.domain())
                .chain(
                    domain ->
                        code(request.code(), LockModeType.PESSIMISTIC_WRITE)
                            .invoke(row -> requireGood(row, address).used = clock.instant()))
                .chain(() -> AddressRow.at(address.domain().value(), address.local()))
                .chain(row -> write(row, request, before, history)));
  }

  private static Uni<EnrolmentCodeRow> code(OneTimeCode code, LockModeType lock) {
    return EnrolmentCodeRow.findById(code.digest().octets().toByteArray(), lock);
  }

  private EnrolmentCodeRow requireGood(@Nullable EnrolmentCodeRow row, Address address) {
    if (row == null
        || row.used != null
        || !clock.instant().isBefore(row.expires)
        || !row.domain.equals(address.domain().value())
        || !row.local.equals(address.local())) {
      throw RefusedException.of(
          RefusalCode.CODE_INVALID, "the code is unknown, used, expired or for another address");
    }
    return row;
  }

  /** What an address's own keys have stated, oldest first; nothing when nobody has it. */
  static List<KeyStatement> statements(@Nullable AddressRow row) {
    return row == null ? List.of() : row.statements.lines().map(KeyStatement::parse).toList();
  }

  private Uni<Void> write(
      @Nullable AddressRow known,
      EnrolmentRequest request,
      List<KeyStatement> before,
      KeyHistory history) {
    requireFree(known);
    if (!statements(known).equals(before)) {
      throw RefusedException.of(RefusalCode.CONFLICT, "the address changed in the meantime");
    }
    Instant now = clock.instant();
    Address address = request.address();
    AddressRow row = known == null ? created(address, now) : known;
    row.kind = AddressRow.Kind.MAILBOX;
    row.certificate = request.certificate().toByteArray();
    row.operator = operator.domain().value();
    row.pool = pool;
    row.statements =
        history.statements().stream().map(KeyStatement::text).collect(Collectors.joining("\n"));
    row.changed = now;
    row.published.stale = true;
    return row.persistAndFlush()
        .chain(() -> keyrings.establish(address, request, now))
        .chain(
            () ->
                audit.add(
                    "user:" + address,
                    continues(before, history) ? "enrolled" : "enrolled-anew",
                    address.toString(),
                    "primary key " + history.primaryFingerprint().hex()));
  }

  private static boolean continues(List<KeyStatement> before, KeyHistory history) {
    return history.statements().size() > before.size();
  }

  private static void requireFree(@Nullable AddressRow row) {
    if (row == null) {
      return;
    }
    String taken =
        switch (row.kind) {
          case MAILBOX, UNKNOWN -> "";
          case ALIAS -> "the address is an alias: end that first";
          case REVOKED -> "the address is revoked for good";
          case SUSPENDED -> "the address is suspended: lift that first";
        };
    if (!taken.isEmpty()) {
      throw RefusedException.of(RefusalCode.CONFLICT, taken);
    }
  }

  static AddressRow created(Address address, Instant now) {
    AddressRow row = new AddressRow();
    row.domain = address.domain().value();
    row.local = address.local();
    row.statements = "";
    row.created = now;
    return row;
  }

  static AddressRow requireMailbox(@Nullable AddressRow row) {
    if (row == null || row.kind != AddressRow.Kind.MAILBOX) {
      throw RefusedException.of(RefusalCode.NOT_FOUND, "there is no such mailbox");
    }
    return row;
  }

  static byte[] certificateOf(AddressRow row) {
    byte[] certificate = row.certificate;
    if (certificate == null) {
      throw new IllegalStateException("a mailbox without a certificate");
    }
    return certificate;
  }
}
