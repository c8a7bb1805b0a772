package io.keypost.keyserver.desk;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.PinnedKeyServers;
import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.authority.RenewalTime;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.ServerCertificateRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.certificate.ServerNames;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Issues what this service itself needs under a domain's operational CA, with new keys each time:
 * the signing certificate and, for the operator domain, the server certificate and the access-token
 * key.
 */
@Singleton
public class OwnCertificates {
  /** Life of an access-token key, which has no certificate to say so. */
  static final Duration ACCESS_TOKEN_KEY_LIFE = Duration.ofDays(90);

  /** From when on the log warns, once an hour, that a CA ends. */
  static final Duration CA_END_TOLD_BEFORE = Duration.ofDays(60);

  private static final Logger LOG = Logger.getLogger(OwnCertificates.class);

  private final Transactions transactions;
  private final KeyVault vault;
  private final Audit audit;
  private final Operator operator;
  private final List<MailDomain> hosts;
  private final InstantSource clock;
  private final SecureRandom random;

  @Inject
  OwnCertificates(
      Transactions transactions,
      KeyVault vault,
      Audit audit,
      Operator operator,
      KeyServerConfig config,
      InstantSource clock,
      SecureRandom random) {
    this.transactions = transactions;
    this.vault = vault;
    this.audit = audit;
    this.operator = operator;
    this.hosts = PinnedKeyServers.of(config).hosts();
    this.clock = clock;
    this.random = random;
  }

  /** Why certificates are issued. */
  public enum Occasion {
    /** The CA may be another: everything under it is made anew. */
    NEW_AUTHORITY,
    /** Only what is near its end. */
    RENEWAL
  }

  /**
   * Makes anew whatever of any domain here is near its end. One that fails, as with a CA that its
   * owner let run out, is told of and keeps no other from being renewed.
   */
  public void renewAll() {
    for (String domain : transactions.reading(DomainRow::names)) {
      try {
        renew(new MailDomain(domain));
      } catch (RuntimeException e) {
        LOG.errorf("own certificates of %s cannot be renewed: %s", domain, e);
      }
    }
  }

  private void renew(MailDomain domain) {
    transactions.inTransaction(
        () ->
            DomainRow.locked(domain.value())
                .chain(
                    row ->
                        row == null || row.rootStatement == null
                            ? Uni.createFrom().voidItem()
                            : issue(row, Occasion.RENEWAL)));
  }

  /** Issues under the CA in force. In the transaction that has locked {@code domain}. */
  Uni<Void> issue(DomainRow domain, Occasion occasion) {
    return Panache.flush()
        .chain(() -> AuthorityKeyRow.inForce(domain.name))
        .chain(rows -> issue(domain, new DomainKeys(rows, vault), occasion));
  }

  /** Issues one anew at once: the certificate in force was revoked. */
  Uni<Void> replace(DomainRow domain, Use use) {
    return Panache.flush()
        .chain(() -> AuthorityKeyRow.inForce(domain.name))
        .chain(rows -> issue(domain, new DomainKeys(rows, vault), List.of(use)));
  }

  private Uni<Void> issue(DomainRow domain, DomainKeys keys, Occasion occasion) {
    Instant now = clock.instant();
    warnOfTheCasEnd(domain, keys, now);
    return issue(
        domain,
        keys,
        uses(domain).stream()
            .filter(
                use -> occasion == Occasion.NEW_AUTHORITY || isDue(keys.row(use).orElse(null), now))
            .toList());
  }

  private Uni<Void> issue(DomainRow domain, DomainKeys keys, List<Use> due) {
    Instant now = clock.instant();
    CertificateIssuer issuer =
        new CertificateIssuer(
            keys.certificate(Use.OPERATIONAL_CA),
            keys.open(Use.OPERATIONAL_CA).getPrivate(),
            random);
    List<AuthorityKeyRow> made = new ArrayList<>();
    for (Use use : due) {
      made.add(make(domain, use, issuer, now));
      keys.row(use).ifPresent(old -> old.retired = now);
    }
    if (made.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    // The index of keys in force sees one statement at a time: out with the old ones first.
    return Panache.flush()
        .chain(() -> AuthorityKeyRow.persist(made))
        .chain(() -> follow(domain, made, now));
  }

  /** Only the root prolongs a CA, and its owner has to be asked in time. */
  private static void warnOfTheCasEnd(DomainRow domain, DomainKeys keys, Instant now) {
    Instant end = keys.ready(Use.OPERATIONAL_CA).notAfter;
    if (end != null && now.isAfter(end.minus(CA_END_TOLD_BEFORE))) {
      LOG.warnf(
          "the operational CA of %s ends at %s: its root has to sign another"
              + " (docs/root-ceremony.md, part 2)",
          domain.name, end);
    }
  }

  private List<Use> uses(DomainRow domain) {
    return domain.name.equals(operator.domain().value())
        ? List.of(Use.SIGNING, Use.SERVER, Use.ACCESS_TOKEN)
        : List.of(Use.SIGNING);
  }

  private AuthorityKeyRow make(DomainRow domain, Use use, CertificateIssuer issuer, Instant now) {
    AuthorityKeyRow row =
        AuthorityDesk.newKey(new MailDomain(domain.name), use, vault.generate(), now);
    PublicKey key = P256.decodePublic(Bytes.copyOf(row.publicKey));
    @Nullable X509Certificate certificate =
        switch (use) {
          case SIGNING -> issuer.signing(key, now);
          case SERVER -> issuer.server(hosts, key, now);
          case ACCESS_TOKEN -> null;
          case COMING_CA, OPERATIONAL_CA ->
              throw new IllegalArgumentException("only a root issues a CA");
        };
    row.certificate =
        certificate == null ? null : CertificateCodec.encode(certificate).toByteArray();
    row.notAfter =
        certificate == null
            ? now.plus(ACCESS_TOKEN_KEY_LIFE)
            : certificate.getNotAfter().toInstant();
    return row;
  }

  private boolean isDue(@Nullable AuthorityKeyRow row, Instant now) {
    if (row == null || row.use == Use.SERVER && !namesAllHosts(row)) {
      return true;
    }
    Instant end = row.notAfter;
    return end == null || RenewalTime.isDue(end, life(row.use), now);
  }

  /** A key server was added since: its connections must not fail until the next renewal. */
  private boolean namesAllHosts(AuthorityKeyRow row) {
    return ServerNames.hostsOf(DomainKeys.certificate(row)).containsAll(hosts);
  }

  private static Duration life(Use use) {
    return switch (use) {
      case SIGNING -> CertificateUse.SIGNING.life();
      case SERVER -> CertificateUse.SERVER.life();
      case ACCESS_TOKEN -> ACCESS_TOKEN_KEY_LIFE;
      case COMING_CA, OPERATIONAL_CA -> CertificateUse.OPERATIONAL_CA.life();
    };
  }

  /** What else is true once the new keys are in force. */
  private Uni<Void> follow(DomainRow domain, List<AuthorityKeyRow> made, Instant now) {
    Uni<Void> followed = Uni.createFrom().voidItem();
    for (AuthorityKeyRow row : made) {
      switch (row.use) {
        case SIGNING -> {
          domain.signer =
              CertificateDigests.certificate(DomainKeys.certificate(row)).octets().toByteArray();
          domain.domainRecord.stale = true;
          domain.serversRecord.stale = true;
          domain.revocationsRecord.stale = true;
        }
        case SERVER -> followed = followed.chain(() -> listed(domain, row, now));
        case ACCESS_TOKEN, COMING_CA, OPERATIONAL_CA -> {}
      }
      followed =
          followed.chain(
              () ->
                  audit.add(
                      Audit.SERVICE,
                      "key-issued",
                      domain.name,
                      row.use + " until " + row.notAfter));
    }
    return followed;
  }

  /** This service connects out too, so kp-servers names it. */
  private static Uni<Void> listed(DomainRow domain, AuthorityKeyRow row, Instant now) {
    X509Certificate certificate = DomainKeys.certificate(row);
    ServerCertificateRow listed = new ServerCertificateRow();
    listed.digest = CertificateDigests.certificate(certificate).octets().toByteArray();
    listed.operator = domain.name;
    listed.service = "keyserver";
    listed.certificate = CertificateCodec.encode(certificate).toByteArray();
    listed.issued = now;
    listed.notAfter = certificate.getNotAfter().toInstant();
    domain.serversRecord.stale = true;
    return listed.persist().replaceWithVoid();
  }
}
