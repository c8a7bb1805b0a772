package io.keypost.keyserver.store;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats in SQL: all times are the database's clock, written and compared by it, so that key
 * servers whose clocks differ agree on who is late. Each method runs in the caller's transaction.
 */
public final class HeartbeatStore {
  private static final String SECONDS = " * interval '1 second'";
  private static final String AGO = "clock_timestamp() - cast(:seconds as integer)" + SECONDS;

  private static final String OF_PLACE =
      " where operator = :operator and pool = :pool and host = :host and port = :port";

  private HeartbeatStore() {}

  /** Other instances behind the certificate that are not late; forgets those that are. */
  public static Uni<Long> instances(byte[] certificate, UUID instance, Duration silence) {
    return query("delete from heartbeat where certificate = :certificate and beaten < " + AGO)
        .chain(
            query ->
                query
                    .setParameter("certificate", certificate)
                    .setParameter("seconds", (int) silence.toSeconds())
                    .executeUpdate())
        .chain(() -> Panache.getSession())
        .chain(
            session ->
                session
                    .createNativeQuery(
                        "select count(*) from heartbeat"
                            + " where certificate = :certificate and instance <> :instance",
                        Long.class)
                    .setParameter("certificate", certificate)
                    .setParameter("instance", instance)
                    .getSingleResult());
  }

  /**
   * Writes a beat down, and what the place's load is now: the mean of its instances.
   *
   * @return the place; null when the certificate has none, or the place is no more
   */
  public static Uni<@Nullable PoolMemberRow> beat(
      ServerCertificateRow certificate, UUID instance, int load, Duration silence) {
    String pool = certificate.pool;
    String host = certificate.poolHost;
    Integer port = certificate.poolPort;
    if (pool == null || host == null || port == null) {
      return Uni.createFrom().nullItem();
    }
    return query(
            """
            insert into heartbeat (certificate, instance, load, beaten)
            values (:certificate, :instance, :load, clock_timestamp())
            on conflict (certificate, instance)
            do update set load = excluded.load, beaten = excluded.beaten\
            """)
        .chain(
            query ->
                query
                    .setParameter("certificate", certificate.digest)
                    .setParameter("instance", instance)
                    .setParameter("load", load)
                    .executeUpdate())
        .chain(
            () ->
                query(
                    """
                    update pool_member set beaten = clock_timestamp(), load = (
                      select cast(round(avg(h.load)) as integer)
                      from heartbeat h join server_certificate c on c.digest = h.certificate
                      where c.operator = :operator and c.pool = :pool and c.pool_host = :host
                        and c.pool_port = :port and h.beaten >=\
                    """
                        + " "
                        + AGO
                        + ")"
                        + OF_PLACE))
        .chain(
            query ->
                query
                    .setParameter("operator", certificate.operator)
                    .setParameter("pool", pool)
                    .setParameter("host", host)
                    .setParameter("port", port)
                    .setParameter("seconds", (int) silence.toSeconds())
                    .executeUpdate())
        .chain(
            () ->
                PoolMemberRow.<PoolMemberRow>findById(
                    new PoolMemberRow.Key(certificate.operator, pool, host, port)));
  }

  /** A silent place was heard again. Only with the operator's domain locked. */
  public static Uni<Integer> heard(PoolMemberRow member) {
    return query("update pool_member set silent = false" + OF_PLACE + " and silent")
        .chain(
            query ->
                query
                    .setParameter("operator", member.operator)
                    .setParameter("pool", member.pool)
                    .setParameter("host", member.host)
                    .setParameter("port", member.port)
                    .executeUpdate());
  }

  /**
   * Notes that somebody watches, and counts those who are late and not silent yet.
   *
   * @param gap when nobody watched for so long, lateness counts from now on
   */
  public static Uni<Long> late(String operator, Duration silence, Duration gap) {
    return Panache.getSession()
        .chain(
            session ->
                session
                    .createNativeQuery(
                        """
                        with watch as (
                          insert into heartbeat_watch as w (operator, seen, since)
                          values (:operator, clock_timestamp(), clock_timestamp())
                          on conflict (operator) do update set
                            since = case
                              when w.seen < clock_timestamp() - cast(:gap as integer)\
                        """
                            + SECONDS
                            + """
                                 then clock_timestamp() else w.since end,
                                seen = clock_timestamp()
                              returning since)
                            select count(*) from pool_member m, watch
                            where m.operator = :operator and not m.silent
                              and greatest(m.beaten, watch.since) <\
                            """
                            + " "
                            + AGO,
                        Long.class)
                    .setParameter("operator", operator)
                    .setParameter("gap", (int) gap.toSeconds())
                    .setParameter("seconds", (int) silence.toSeconds())
                    .getSingleResult());
  }

  /** Marks those who are late. Only with the operator's domain locked. */
  public static Uni<Integer> silence(String operator, Duration silence) {
    return query(
            """
            update pool_member m set silent = true from heartbeat_watch w
            where w.operator = m.operator and m.operator = :operator and not m.silent
              and greatest(m.beaten, w.since) <\
            """
                + " "
                + AGO)
        .chain(
            query ->
                query
                    .setParameter("operator", operator)
                    .setParameter("seconds", (int) silence.toSeconds())
                    .executeUpdate());
  }

  private static Uni<Mutiny.Query<Object>> query(String sql) {
    return Panache.getSession().map(session -> session.createNativeQuery(sql));
  }
}
