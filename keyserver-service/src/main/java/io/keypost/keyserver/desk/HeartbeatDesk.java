package io.keypost.keyserver.desk;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.pool.HeartbeatTimes;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.HeartbeatStore;
import io.keypost.keyserver.store.PoolMemberRow;
import io.keypost.keyserver.store.ServerCertificateRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hears receiving servers beat, leaves those out of kp-servers that missed three, and takes them in
 * again with their next beat (KP-KSV-20, KP-REC-21). A beat writes only its own rows; the domain is
 * locked when the record has to change, and not before.
 */
@Singleton
public class HeartbeatDesk {
  /** Processes behind one certificate; one more is refused with {@code busy}. */
  public static final int MAX_INSTANCES = 64;

  private static final Logger LOG = Logger.getLogger(HeartbeatDesk.class);

  private final Transactions transactions;
  private final Audit audit;
  private final Operator operator;
  private final HeartbeatTimes times;
  private final InstantSource clock;

  @Inject
  HeartbeatDesk(
      Transactions transactions,
      Audit audit,
      Operator operator,
      KeyServerConfig config,
      InstantSource clock) {
    this.transactions = transactions;
    this.audit = audit;
    this.operator = operator;
    this.times = new HeartbeatTimes(config.heartbeat().interval());
    this.clock = clock;
  }

  /** What the holder of a certificate is in the pools. */
  public enum Standing {
    /** Listed, and takes new mail. */
    IN_SERVICE,
    /** Listed, and takes nothing new. */
    DRAINED,
    /** Has no place in a pool: its beats say nothing to anybody. */
    NO_PLACE
  }

  /** How often receiving servers beat. */
  public HeartbeatTimes times() {
    return times;
  }

  /**
   * A server beats.
   *
   * @param certificate what it showed in the handshake
   * @param instance names the process, since replicas share a certificate
   * @param load percent, 0 to 100
   * @throws RefusedException {@code certificate_unlisted} when the certificate is none of a server
   *     here, {@code busy} when it has {@value #MAX_INSTANCES} instances
   */
  public Standing beat(Digest certificate, UUID instance, int load) {
    Optional<PoolMemberRow> place =
        transactions.inTransaction(
            () ->
                ServerCertificateRow.<ServerCertificateRow>findById(
                        certificate.octets().toByteArray())
                    .chain(row -> beat(row, certificate, instance, load)));
    place.filter(this::changesTheRecord).ifPresent(this::show);
    return place
        .map(member -> member.drained ? Standing.DRAINED : Standing.IN_SERVICE)
        .orElse(Standing.NO_PLACE);
  }

  private Uni<Optional<PoolMemberRow>> beat(
      @Nullable ServerCertificateRow row, Digest certificate, UUID instance, int load) {
    if (row == null || row.revoked != null || !row.operator.equals(operator.domain().value())) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_UNLISTED, "no server here has the certificate " + certificate);
    }
    return HeartbeatStore.instances(row.digest, instance, times.silence())
        .chain(
            others -> {
              if (others >= MAX_INSTANCES) {
                throw RefusedException.of(
                    RefusalCode.BUSY, "more than " + MAX_INSTANCES + " instances of one server");
              }
              return HeartbeatStore.beat(row, instance, load, times.silence());
            })
        .map(Optional::ofNullable);
  }

  /** Signing is cheap and not free: small moves of the load wait for the next renewal. */
  private boolean changesTheRecord(PoolMemberRow member) {
    return member.silent
        || Math.abs(member.load - member.loadShown) >= HeartbeatTimes.SHOWN_LOAD_STEP;
  }

  private void show(PoolMemberRow member) {
    transactions.inTransaction(
        () ->
            Records.locked(operator.domain())
                .chain(
                    domain ->
                        HeartbeatStore.heard(member).chain(back -> show(domain, member, back))));
  }

  private Uni<Void> show(DomainRow domain, PoolMemberRow member, int back) {
    Instant signed = domain.serversRecord.issued;
    boolean due =
        signed == null || !clock.instant().isBefore(signed.plus(HeartbeatTimes.LOAD_SHOWN_EVERY));
    if (back > 0 || due) {
      domain.serversRecord.stale = true;
    }
    if (back == 0) {
      return Uni.createFrom().voidItem();
    }
    LOG.infof("%s:%d of pool %s beats again", member.host, member.port, member.pool);
    return audit.add(Audit.SERVICE, "server-heard", member.host, "pool " + member.pool);
  }

  /**
   * Leaves those out that missed three beats. Every instance calls this every {@link
   * HeartbeatTimes#SWEEP_EVERY}; the domain's lock decides who does it.
   */
  public void sweep() {
    long late =
        transactions.inTransaction(
            () ->
                HeartbeatStore.late(
                    operator.domain().value(), times.silence(), HeartbeatTimes.WATCH_GAP));
    if (late == 0) {
      return;
    }
    int silent =
        transactions.inTransaction(
            () -> Records.locked(operator.domain()).chain(domain -> leaveOut(domain)));
    if (silent > 0) {
      LOG.warnf(
          "%d receiving servers missed three heartbeats and are left out of kp-servers", silent);
    }
  }

  private Uni<Integer> leaveOut(DomainRow domain) {
    return HeartbeatStore.silence(domain.name, times.silence())
        .call(
            silent -> {
              if (silent == 0) {
                return Uni.createFrom().voidItem();
              }
              domain.serversRecord.stale = true;
              return audit.add(
                  Audit.SERVICE,
                  "servers-silent",
                  domain.name,
                  silent + " missed three heartbeats");
            });
  }
}
