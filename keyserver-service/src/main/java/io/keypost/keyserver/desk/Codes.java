package io.keypost.keyserver.desk;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.enrolment.OneTimeCode;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.EnrolmentCodeRow;
import io.keypost.keyserver.store.ServerCodeRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Gives one-time codes to users and servers. */
@Singleton
public class Codes {
  private final Transactions transactions;
  private final Audit audit;
  private final Operator operator;
  private final Duration life;
  private final InstantSource clock;
  private final SecureRandom random;

  @Inject
  Codes(
      Transactions transactions,
      Audit audit,
      Operator operator,
      KeyServerConfig config,
      InstantSource clock,
      SecureRandom random) {
    this.transactions = transactions;
    this.audit = audit;
    this.operator = operator;
    this.life = config.codeLife();
    this.clock = clock;
    this.random = random;
  }

  /**
   * A code as it is given.
   *
   * @param code secret, shown once
   * @param expires when it ends unused
   */
  public record Given(OneTimeCode code, Instant expires) {}

  /**
   * A place in a pool of receiving servers.
   *
   * @param pool its name
   * @param host name that peers connect to
   * @param port port that peers connect to
   * @param priority lower goes first
   * @param weight share among equals
   */
  public record PoolPlace(String pool, MailDomain host, int port, int priority, int weight) {}

  /** What a code allows. */
  public enum Allows {
    /** A first key, or another one with the word of the last. */
    CONTINUING,
    /** Another key without the word of the last, which is lost: everybody is shown that. */
    REPLACING
  }

  /** A code with which the holder of {@code address} enrols; the domain must be hosted here. */
  public Given forAddress(Address address, Allows allows) {
    Given given = given();
    EnrolmentCodeRow row = new EnrolmentCodeRow();
    row.digest = given.code().digest().octets().toByteArray();
    row.domain = address.domain().value();
    row.local = address.local();
    row.replacesKey = allows == Allows.REPLACING;
    row.created = clock.instant();
    row.expires = given.expires();
    transactions.inTransaction(
        () ->
            Records.locked(address.domain())
                .chain(domain -> row.persist())
                .chain(
                    () ->
                        audit.add(
                            Audit.OPERATOR,
                            allows == Allows.REPLACING ? "re-enrolment-approved" : "code-given",
                            address.toString(),
                            "until " + given.expires())));
    return given;
  }

  /**
   * A code with which a service of this operator gets its certificates.
   *
   * @param place in a pool, under one of {@code hosts}: peers who connect look for that name in the
   *     certificate
   * @throws RefusedException {@code certificate_wrong_name} for a host that is not the operator's,
   *     or a place under a name that the certificate will not have
   */
  public Given forServer(
      String service,
      List<MailDomain> hosts,
      ServerCodeRow.Purpose purpose,
      Optional<PoolPlace> place) {
    for (MailDomain host : hosts) {
      if (!host.isWithin(operator.domain())) {
        throw RefusedException.of(
            RefusalCode.CERTIFICATE_WRONG_NAME, host + " is not within " + operator.domain());
      }
    }
    place
        .map(PoolPlace::host)
        .filter(host -> !hosts.contains(host))
        .ifPresent(
            host -> {
              throw RefusedException.of(
                  RefusalCode.CERTIFICATE_WRONG_NAME,
                  "the pool names " + host + ", and the certificate would be for " + hosts);
            });
    Given given = given();
    ServerCodeRow row = new ServerCodeRow();
    row.digest = given.code().digest().octets().toByteArray();
    row.operator = operator.domain().value();
    row.service = service;
    row.hosts = hosts.stream().map(MailDomain::value).collect(Collectors.joining("\n"));
    row.purpose = purpose;
    place.ifPresent(
        joins -> {
          row.pool = joins.pool();
          row.poolHost = joins.host().value();
          row.poolPort = joins.port();
          row.priority = joins.priority();
          row.weight = joins.weight();
        });
    row.created = clock.instant();
    row.expires = given.expires();
    transactions.inTransaction(
        () ->
            Records.locked(operator.domain())
                .chain(domain -> row.persist())
                .chain(
                    () ->
                        audit.add(
                            Audit.OPERATOR,
                            "server-code-given",
                            service,
                            purpose + " for " + hosts + " until " + given.expires())));
    return given;
  }

  private Given given() {
    return new Given(OneTimeCode.generate(random), clock.instant().plus(life));
  }
}
