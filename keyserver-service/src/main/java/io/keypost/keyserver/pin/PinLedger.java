package io.keypost.keyserver.pin;

import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.HeldRootRow;
import io.keypost.keyserver.store.RememberedPinRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.panache.common.Page;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes what is remembered of domains. Waits for the database: virtual threads only.
 */
@Singleton
public class PinLedger {
  /** Most domains in one answer. */
  public static final int MAX_PAGE = 500;

  private final Transactions transactions;
  private final Audit audit;
  private final InstantSource clock;

  @Inject
  PinLedger(Transactions transactions, Audit audit, InstantSource clock) {
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  /** What is remembered; refuses with {@code store_unavailable}. */
  public Optional<RememberedPin> recall(MailDomain domain) {
    return transactions.reading(() -> row(domain)).map(PinLedger::pin);
  }

  private static Uni<Optional<RememberedPinRow>> row(MailDomain domain) {
    return RememberedPinRow.<RememberedPinRow>findById(domain.value()).map(Optional::ofNullable);
  }

  static RememberedPin pin(RememberedPinRow row) {
    return new RememberedPin(
        new Digest(Bytes.copyOf(row.root)),
        row.gen,
        row.rememberedUntil,
        new FirstSight(row.firstSeen, row.firstSeenBy));
  }

  /**
   * Remembers {@code replacement} if {@code expected} is still what is remembered: one statement,
   * so that of many who try at once one succeeds.
   *
   * @return false when it is not
   */
  public boolean replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    return transactions.inTransaction(
        () ->
            expected
                .map(known -> update(domain, known, replacement))
                .orElseGet(() -> insert(domain, replacement))
                .map(rows -> rows == 1));
  }

  private Uni<Integer> insert(MailDomain domain, RememberedPin pin) {
    return Panache.getSession()
        .chain(
            session ->
                session
                    .createNativeQuery(
                        "insert into remembered_pin (domain, root, gen, remembered_until,"
                            + " first_seen, first_seen_by, changed)"
                            + " values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing")
                    .setParameter(1, domain.value())
                    .setParameter(2, pin.root().octets().toByteArray())
                    .setParameter(3, pin.gen())
                    .setParameter(4, pin.rememberedUntil())
                    .setParameter(5, pin.firstSight().at())
                    .setParameter(6, pin.firstSight().by().name())
                    .setParameter(7, clock.instant())
                    .executeUpdate());
  }

  private Uni<Integer> update(MailDomain domain, RememberedPin known, RememberedPin next) {
    return RememberedPinRow.update(
        "root = ?1, gen = ?2, rememberedUntil = ?3, firstSeen = ?4, firstSeenBy = ?5, changed = ?6"
            + " where domain = ?7 and root = ?8 and gen = ?9 and rememberedUntil = ?10"
            + " and firstSeen = ?11 and firstSeenBy = ?12",
        next.root().octets().toByteArray(),
        next.gen(),
        next.rememberedUntil(),
        next.firstSight().at(),
        next.firstSight().by(),
        clock.instant(),
        domain.value(),
        known.root().octets().toByteArray(),
        known.gen(),
        known.rememberedUntil(),
        known.firstSight().at(),
        known.firstSight().by());
  }

  /**
   * A domain as the memory has it.
   *
   * @param held roots that it showed and that are not accepted, the newest first
   */
  public record Remembered(MailDomain domain, RememberedPin pin, List<HeldRootRow> held) {}

  /** One domain; refuses with {@code not_found}. */
  public Remembered find(MailDomain domain) {
    return transactions.reading(
        () ->
            row(domain)
                .map(found -> found.orElseThrow(() -> unknown(domain)))
                .chain(row -> held(domain).map(held -> new Remembered(domain, pin(row), held))));
  }

  private static Uni<List<HeldRootRow>> held(MailDomain domain) {
    return HeldRootRow.list("domain = ?1 order by lastSeen desc", domain.value());
  }

  /**
   * Roots that wait for an administrator, of all domains, the newest first.
   *
   * @param count 1 to {@link #MAX_PAGE}; brought into these bounds
   */
  public List<HeldRootRow> held(int count) {
    return transactions.reading(
        () ->
            HeldRootRow.<HeldRootRow>find("order by lastSeen desc, domain, root")
                .page(Page.ofSize(Math.clamp(count, 1, MAX_PAGE)))
                .list());
  }

  /**
   * Takes {@code root} in the place of the one that is remembered: what an administrator has found
   * out by another way counts as a new first sight. It is followed for as long as a look-up says
   * that shows it; until then only with a secure or confirmed pin.
   *
   * @throws RefusedException {@code not_found} when the domain never showed that root, {@code
   *     conflict} when somebody changed what is remembered meanwhile
   */
  public void accept(MailDomain domain, Digest root) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    transactions.inTransaction(
        () ->
            row(domain)
                .map(found -> found.orElseThrow(() -> unknown(domain)))
                .call(() -> requireHeld(domain, root))
                .chain(
                    row ->
                        update(
                                domain,
                                pin(row),
                                new RememberedPin(
                                    root, 0, now, new FirstSight(now, FirstSight.By.ADMINISTRATOR)))
                            .invoke(PinLedger::requireChanged)
                            .call(() -> HeldRootRow.delete("domain", domain.value()))
                            .call(
                                () ->
                                    audit.add(
                                        Audit.OPERATOR,
                                        "root-accepted",
                                        domain.value(),
                                        "root " + root + " in the place of " + pin(row).root()))));
  }

  private static Uni<Void> requireHeld(MailDomain domain, Digest root) {
    return held(domain)
        .invoke(
            held -> {
              if (held.stream().noneMatch(row -> row.root.equals(root.base64Url()))) {
                throw RefusedException.of(
                    RefusalCode.NOT_FOUND, domain + " has not shown the root " + root);
              }
            })
        .replaceWithVoid();
  }

  private static void requireChanged(int rows) {
    if (rows != 1) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, "what is remembered of the domain was changed meanwhile");
    }
  }

  private static RefusedException unknown(MailDomain domain) {
    return RefusedException.of(RefusalCode.NOT_FOUND, "nothing is remembered of " + domain);
  }
}
