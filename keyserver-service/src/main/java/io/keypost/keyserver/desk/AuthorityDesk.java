package io.keypost.keyserver.desk;

import static io.keypost.keyserver.store.AuthorityKeyRow.Use.COMING_CA;
import static io.keypost.keyserver.store.AuthorityKeyRow.Use.OPERATIONAL_CA;

import io.keypost.keyserver.Operator;
import io.keypost.keyserver.authority.AuthorityUpload;
import io.keypost.keyserver.authority.AuthorityUpload.Accepted;
import io.keypost.keyserver.authority.AuthorityUpload.Novelty;
import io.keypost.keyserver.authority.AuthorityUpload.Standing;
import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainOperatorRow;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.RootStatementRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.P256;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ceremony of a domain: {@link #request} makes the operational CA's key here, the owner answers
 * offline with the root, {@link #install} takes the answer. The same two steps later exchange the
 * CA, prolong the statement or bring a new root that the old one announced.
 */
@Singleton
public class AuthorityDesk {
  private final Transactions transactions;
  private final KeyVault vault;
  private final OwnCertificates ownCertificates;
  private final Credential credential;
  private final Revocations revocations;
  private final Audit audit;
  private final Operator operator;
  private final InstantSource clock;
  private final SecureRandom random;

  @Inject
  AuthorityDesk(
      Transactions transactions,
      KeyVault vault,
      OwnCertificates ownCertificates,
      Credential credential,
      Revocations revocations,
      Audit audit,
      Operator operator,
      InstantSource clock,
      SecureRandom random) {
    this.transactions = transactions;
    this.vault = vault;
    this.ownCertificates = ownCertificates;
    this.credential = credential;
    this.revocations = revocations;
    this.audit = audit;
    this.operator = operator;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes the key of a new operational CA, or finds the one that still waits for its certificate.
   * Takes the domain in if it is not hosted here yet.
   *
   * @return the request (PKCS#10) for the owner of the root
   */
  public CertificateRequest request(MailDomain domain, DomainRow.Management management) {
    AuthorityKeyRow fresh = newKey(domain, COMING_CA, vault.generate(), clock.instant());
    AuthorityKeyRow coming =
        transactions.inTransaction(
            () ->
                DomainRow.locked(domain.value())
                    .chain(
                        row -> row != null ? Uni.createFrom().item(row) : take(domain, management))
                    .chain(row -> AuthorityKeyRow.inForce(row.name))
                    .chain(keys -> waiting(domain, keys, fresh)));
    return CertificateRequest.make(
        domain, CertificateUse.OPERATIONAL_CA, DomainKeys.open(coming, vault), random);
  }

  private Uni<DomainRow> take(MailDomain domain, DomainRow.Management management) {
    Instant now = clock.instant();
    DomainRow row = new DomainRow();
    row.name = domain.value();
    row.management = management;
    row.created = now;
    DomainOperatorRow named = new DomainOperatorRow();
    named.domain = domain.value();
    named.operator = operator.domain().value();
    named.validFrom = now;
    return row.persist()
        .chain(() -> Panache.getSession().chain(session -> session.persist(named)))
        .chain(
            () ->
                audit.add(
                    Audit.OPERATOR, "domain-taken", domain.value(), "management " + management))
        .replaceWith(row);
  }

  private Uni<AuthorityKeyRow> waiting(
      MailDomain domain, List<AuthorityKeyRow> keys, AuthorityKeyRow fresh) {
    return keys.stream()
        .filter(key -> key.use == COMING_CA)
        .findFirst()
        .map(key -> Uni.createFrom().item(key))
        .orElseGet(
            () ->
                fresh
                    .<AuthorityKeyRow>persist()
                    .call(
                        () ->
                            audit.add(
                                Audit.OPERATOR,
                                "authority-requested",
                                domain.value(),
                                "key " + Digest.sha256(fresh.publicKey))));
  }

  /**
   * Takes the root's answer, issues this service's own certificates under it and, where the domain
   * is the operator's, shows the new server certificate.
   *
   * @throws io.keypost.protocol.refusal.RefusedException as {@link AuthorityUpload#check}; {@code
   *     not_found} when the domain was never requested
   */
  public void install(AuthorityUpload upload) {
    MailDomain domain = upload.domain();
    transactions.inTransaction(
        () ->
            DomainRow.locked(domain.value())
                .onItem()
                .ifNull()
                .failWith(() -> Records.notHosted(domain))
                .chain(
                    row ->
                        AuthorityKeyRow.inForce(row.name)
                            .chain(keys -> install(upload, row, keys))));
    credential.refresh();
  }

  private Uni<Void> install(AuthorityUpload upload, DomainRow row, List<AuthorityKeyRow> keys) {
    Instant now = clock.instant();
    List<AuthorityKeyRow> caKeys =
        keys.stream().filter(key -> key.use == COMING_CA || key.use == OPERATIONAL_CA).toList();
    Set<PublicKey> caPublicKeys =
        caKeys.stream().map(AuthorityDesk::publicKey).collect(Collectors.toSet());
    return RootStatementRow.of(row.name)
        .map(statements -> upload.check(caPublicKeys, standing(row, statements), now))
        .call(accepted -> remember(upload, row, accepted, now))
        .call(() -> putInForce(upload, caKeys, now))
        .call(() -> ownCertificates.issue(row, OwnCertificates.Occasion.NEW_AUTHORITY))
        .chain(accepted -> endUnlisted(row, upload.root(), accepted, now))
        .call(
            () ->
                audit.add(
                    Audit.OPERATOR,
                    "authority-installed",
                    row.name,
                    "gen " + row.gen + ", root " + CertificateDigests.spki(upload.root())));
  }

  private static @Nullable Standing standing(DomainRow row, List<RootStatementRow> statements) {
    if (statements.isEmpty()) {
      return null;
    }
    RootStatementRow last = statements.getLast();
    byte[] next = last.nextRoot;
    return new Standing(
        row.gen,
        CertificateDigests.spki(CertificateCodec.decode(Bytes.copyOf(last.rootCertificate))),
        next == null ? null : new Digest(Bytes.copyOf(next)),
        last.jws);
  }

  private static Uni<Void> remember(
      AuthorityUpload upload, DomainRow row, Accepted accepted, Instant now) {
    if (accepted.novelty() == Novelty.SAME) {
      return Uni.createFrom().voidItem();
    }
    byte[] root = CertificateCodec.encode(upload.root()).toByteArray();
    row.rootCertificate = root;
    row.rootStatement = upload.statement();
    row.gen = accepted.statement().gen();
    RootStatementRow statement = new RootStatementRow();
    statement.domain = row.name;
    statement.gen = row.gen;
    statement.rootCertificate = root;
    statement.jws = upload.statement();
    statement.received = now;
    Digest next = accepted.statement().nextRoot();
    statement.nextRoot = next == null ? null : next.octets().toByteArray();
    return Panache.getSession().chain(session -> session.persist(statement));
  }

  /**
   * The CA that was certified signs from now on; a waiting key takes the place of the one before.
   */
  private static Uni<Void> putInForce(
      AuthorityUpload upload, List<AuthorityKeyRow> caKeys, Instant now) {
    AuthorityKeyRow certified =
        caKeys.stream()
            .filter(key -> publicKey(key).equals(upload.ca().getPublicKey()))
            .findFirst()
            .orElseThrow();
    certified.certificate = CertificateCodec.encode(upload.ca()).toByteArray();
    certified.notAfter = upload.ca().getNotAfter().toInstant();
    if (certified.use == OPERATIONAL_CA) {
      return Uni.createFrom().voidItem();
    }
    caKeys.stream().filter(key -> key.use == OPERATIONAL_CA).forEach(key -> key.retired = now);
    // The index of keys in force sees one statement at a time: out with the old one first.
    return Panache.flush().invoke(() -> certified.use = OPERATIONAL_CA);
  }

  /**
   * A CA that its root no longer lists is revoked, and with it whatever it issued. Those of a root
   * that another took the place of end with that root, and prove what they proved (KP-RCP-6).
   */
  private Uni<Void> endUnlisted(
      DomainRow row, X509Certificate root, Accepted accepted, Instant now) {
    Set<Digest> listed = Set.copyOf(accepted.statement().operationalCas());
    return Panache.flush()
        .chain(() -> AuthorityKeyRow.certified(row.name))
        .chain(
            keys -> {
              Uni<Void> done = Uni.createFrom().voidItem();
              for (AuthorityKeyRow key : keys) {
                byte[] certificate = key.certificate;
                Instant end = key.notAfter;
                if (key.use == OPERATIONAL_CA
                    && certificate != null
                    && end != null
                    && now.isBefore(end)
                    && key.revoked == null
                    && !listed.contains(Digest.sha256(certificate))
                    && isIssuedBy(root, certificate)) {
                  key.revoked = now;
                  done =
                      done.chain(
                          () ->
                              revocations
                                  .certificate(row, Digest.sha256(certificate), end)
                                  .replaceWithVoid());
                }
              }
              return done;
            });
  }

  private static boolean isIssuedBy(X509Certificate root, byte[] certificate) {
    try {
      CertificateCodec.decode(Bytes.copyOf(certificate)).verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static PublicKey publicKey(AuthorityKeyRow key) {
    return P256.decodePublic(Bytes.copyOf(key.publicKey));
  }

  static AuthorityKeyRow newKey(
      MailDomain domain, AuthorityKeyRow.Use use, KeyVault.StoredKey key, Instant now) {
    AuthorityKeyRow row = new AuthorityKeyRow();
    row.id = UUID.randomUUID();
    row.domain = domain.value();
    row.use = use;
    row.wrappedKey = key.wrapped().toByteArray();
    row.publicKey = key.publicKey().toByteArray();
    row.created = now;
    return row;
  }

  /** Every domain, with what it has. */
  public List<DomainRow> domains() {
    return transactions.reading(() -> DomainRow.<DomainRow>list("order by name"));
  }

  /**
   * One domain.
   *
   * @throws io.keypost.protocol.refusal.RefusedException {@code not_found}
   */
  public DomainRow domain(MailDomain domain) {
    DomainRow row = transactions.reading(() -> DomainRow.named(domain.value()));
    return Stream.ofNullable(row).findFirst().orElseThrow(() -> Records.notHosted(domain));
  }
}
