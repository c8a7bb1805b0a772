package io.keypost.delivery.store;

import io.keypost.delivery.work.LeaseTerms;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Leases, by the clock of the database: it is the one that all processes share. A lease that ran
 * out stays so; whoever renews it too late is told.
 */
@ApplicationScoped
public class LeaseStore {

  /**
   * That nobody works on row {@code t}. The row's own column comes first: a row that another
   * transaction has just leased is looked at again as it is now, but the table of leases as it was
   * when this statement began.
   */
  static final String IS_FREE =
      """
      (t.leased_until is null or t.leased_until <= statement_timestamp()
        and not exists (select from lease l
          where l.id = t.lease and l.held_until > statement_timestamp()))
      """;

  private static final String RENEW =
      """
      update lease set held_until = statement_timestamp() + $2::bigint * interval '1 millisecond'
      where id = any ($1::uuid[]) and held_until > statement_timestamp()
      returning id
      """;

  private static final String END = "delete from lease where id = any ($1::uuid[])";

  private static final String FORGET_PAST =
      "delete from lease where held_until <= statement_timestamp()";

  /** Renews all of {@code leases}; returns those that still stood. */
  public Set<UUID> renew(Database database, Collection<UUID> leases, LeaseTerms terms) {
    Set<UUID> renewed = new HashSet<>();
    for (Row row : database.execute(RENEW, Columns.tuple(array(leases), terms.life().toMillis()))) {
      renewed.add(row.getUUID("id"));
    }
    return renewed;
  }

  /** Ends leases: what is still under them may be taken when the time first given is over. */
  public void end(Database database, Collection<UUID> leases) {
    database.execute(END, Columns.tuple((Object) array(leases)));
  }

  /** Forgets leases that ran out. */
  public void forgetPast(Database database) {
    database.execute(FORGET_PAST, Tuple.tuple());
  }

  private static UUID[] array(Collection<UUID> leases) {
    return leases.toArray(UUID[]::new);
  }
}
