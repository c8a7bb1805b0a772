package io.keypost.keyserver.desk;

import io.keypost.keyserver.Operator;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.PoolMemberRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** What the operator sees of his receiving servers, and takes out of service by hand. */
@Singleton
public class PoolDesk {
  private final Transactions transactions;
  private final Audit audit;
  private final Operator operator;

  @Inject
  PoolDesk(Transactions transactions, Audit audit, Operator operator) {
    this.transactions = transactions;
    this.audit = audit;
    this.operator = operator;
  }

  /** What the operator wants of a server. */
  public enum Wish {
    /** Nothing new goes to it. */
    DRAINED,
    /** It takes new mail. */
    IN_SERVICE
  }

  /**
   * Servers by their name.
   *
   * @param port only this one; all of the host if empty
   * @param pool only in this one; in all if empty
   */
  public record Which(MailDomain host, Optional<Integer> port, Optional<String> pool) {
    private boolean means(PoolMemberRow member) {
      return member.host.equals(host.value())
          && port.map(p -> p == member.port).orElse(true)
          && pool.map(p -> p.equals(member.pool)).orElse(true);
    }
  }

  /** Every receiving server, by pool and priority. */
  public List<PoolMemberRow> servers() {
    return transactions.reading(() -> PoolMemberRow.of(operator.domain().value()));
  }

  /**
   * Takes servers out of service or back; kp-servers says so from its next reader on.
   *
   * @return those meant, as they are now
   * @throws RefusedException {@code not_found} when there is none
   */
  public List<PoolMemberRow> set(Which which, Wish wish) {
    return transactions.inTransaction(
        () ->
            Records.locked(operator.domain())
                .chain(
                    domain ->
                        PoolMemberRow.of(domain.name)
                            .chain(members -> set(domain, members, which, wish))));
  }

  private Uni<List<PoolMemberRow>> set(
      DomainRow domain, List<PoolMemberRow> members, Which which, Wish wish) {
    List<PoolMemberRow> meant = members.stream().filter(which::means).toList();
    if (meant.isEmpty()) {
      throw RefusedException.of(
          RefusalCode.NOT_FOUND, "no receiving server is called " + which.host());
    }
    meant.forEach(member -> member.drained = wish == Wish.DRAINED);
    domain.serversRecord.stale = true;
    return audit
        .add(
            Audit.OPERATOR,
            switch (wish) {
              case DRAINED -> "server-drained";
              case IN_SERVICE -> "server-undrained";
            },
            which.host().value(),
            meant.size() + " places in pools")
        .replaceWith(meant);
  }
}
