package io.keypost.keyserver.desk;

import io.keypost.keyserver.Operator;
import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.enrolment.OneTimeCode;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.PoolMemberRow;
import io.keypost.keyserver.store.ServerCertificateRow;
import io.keypost.keyserver.store.ServerCodeRow;
import io.keypost.keyserver.store.ServerCodeRow.Purpose;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Certifies the servers of this operator, lists them in kp-servers, and revokes them. */
@Singleton
public class ServerDesk {
  private final Transactions transactions;
  private final KeyVault vault;
  private final Audit audit;
  private final Operator operator;
  private final InstantSource clock;
  private final SecureRandom random;

  @Inject
  ServerDesk(
      Transactions transactions,
      KeyVault vault,
      Audit audit,
      Operator operator,
      InstantSource clock,
      SecureRandom random) {
    this.transactions = transactions;
    this.vault = vault;
    this.audit = audit;
    this.operator = operator;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What a server gets.
   *
   * @param server certificate and operational CA
   * @param receipt certificate and operational CA, for a service that signs receipts
   * @param root of the operator
   */
  public record Certificates(
      List<X509Certificate> server,
      Optional<List<X509Certificate>> receipt,
      X509Certificate root) {}

  /**
   * Certifies a server's keys. What the certificates say follows from the code, not from the
   * request.
   *
   * @throws RefusedException {@code code_invalid}; {@code certificate_wrong_name} or {@code
   *     certificate_wrong_use} for a request that is made for something else; {@code
   *     malformed_request} when a receipt request is missing or not for this code
   */
  public Certificates enrol(
      OneTimeCode code, CertificateRequest server, Optional<CertificateRequest> receipt) {
    requireFor(server, CertificateUse.SERVER);
    receipt.ifPresent(request -> requireFor(request, CertificateUse.RECEIPT));
    // Cheap first: without a code nobody makes others wait for the domain's row.
    transactions.reading(() -> find(code, LockModeType.NONE).map(this::requireGood));
    return transactions.inTransaction(
        () ->
            Records.locked(operator.domain())
                .chain(
                    domain ->
                        find(code, LockModeType.PESSIMISTIC_WRITE)
                            .map(this::requireGood)
                            .chain(
                                row ->
                                    AuthorityKeyRow.inForce(domain.name)
                                        .map(keys -> new DomainKeys(keys, vault))
                                        .chain(
                                            keys -> certify(domain, keys, row, server, receipt)))));
  }

  private static Uni<ServerCodeRow> find(OneTimeCode code, LockModeType lock) {
    return ServerCodeRow.findById(code.digest().octets().toByteArray(), lock);
  }

  private void requireFor(CertificateRequest request, CertificateUse use) {
    if (request.use() != use) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_USE, "the request is for " + request.use().path());
    }
    if (!request.domain().equals(operator.domain())) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_NAME, "the request is of " + request.domain());
    }
  }

  private ServerCodeRow requireGood(@Nullable ServerCodeRow row) {
    if (row == null || row.used != null || !clock.instant().isBefore(row.expires)) {
      throw RefusedException.of(RefusalCode.CODE_INVALID, "the code is unknown, used or expired");
    }
    return row;
  }

  private Uni<Certificates> certify(
      DomainRow domain,
      DomainKeys keys,
      ServerCodeRow code,
      CertificateRequest server,
      Optional<CertificateRequest> receipt) {
    if (receipt.isPresent() != (code.purpose == Purpose.SERVER_AND_RECEIPTS)) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_REQUEST,
          receipt.isPresent()
              ? "the code is for a service that signs no receipts"
              : "the code is for a service that signs receipts: receipt_request is missing");
    }
    Instant now = clock.instant();
    X509Certificate ca = keys.certificate(Use.OPERATIONAL_CA);
    CertificateIssuer issuer =
        new CertificateIssuer(ca, keys.open(Use.OPERATIONAL_CA).getPrivate(), random);
    List<MailDomain> hosts = code.hosts.lines().map(MailDomain::new).toList();
    X509Certificate certificate = issuer.server(hosts, server.publicKey(), now);
    Optional<List<X509Certificate>> receipts =
        receipt.map(request -> List.of(issuer.receipt(request.publicKey(), now), ca));
    code.used = now;
    domain.serversRecord.stale = true;
    return listed(code, certificate, now)
        .persist()
        .chain(() -> join(code))
        .chain(
            () ->
                audit.add(
                    "server:" + code.service,
                    "server-enrolled",
                    code.service,
                    "hosts "
                        + hosts
                        + ", certificate "
                        + CertificateDigests.certificate(certificate)))
        .replaceWith(new Certificates(List.of(certificate, ca), receipts, root(domain)));
  }

  private static X509Certificate root(DomainRow domain) {
    byte[] root = domain.rootCertificate;
    if (root == null) {
      throw DomainKeys.notReady();
    }
    return CertificateCodec.decode(Bytes.copyOf(root));
  }

  private static ServerCertificateRow listed(
      ServerCodeRow code, X509Certificate certificate, Instant now) {
    ServerCertificateRow row = new ServerCertificateRow();
    row.digest = CertificateDigests.certificate(certificate).octets().toByteArray();
    row.operator = code.operator;
    row.service = code.service;
    row.certificate = CertificateCodec.encode(certificate).toByteArray();
    row.issued = now;
    row.notAfter = certificate.getNotAfter().toInstant();
    return row;
  }

  /**
   * A receiving server takes its place in the pool; one that was there before keeps it, undrained.
   */
  private static Uni<Void> join(ServerCodeRow code) {
    String pool = code.pool;
    String host = code.poolHost;
    Integer port = code.poolPort;
    Integer priority = code.priority;
    Integer weight = code.weight;
    if (pool == null || host == null || port == null || priority == null || weight == null) {
      return Uni.createFrom().voidItem();
    }
    return PoolMemberRow.<PoolMemberRow>findById(
            new PoolMemberRow.Key(code.operator, pool, host, port))
        .chain(
            known -> {
              PoolMemberRow member = known == null ? new PoolMemberRow() : known;
              member.operator = code.operator;
              member.pool = pool;
              member.host = host;
              member.port = port;
              member.priority = priority;
              member.weight = weight;
              member.drained = false;
              return known == null
                  ? member.persist().replaceWithVoid()
                  : Uni.createFrom().voidItem();
            });
  }

  /**
   * Takes a certificate off kp-servers: peers refuse it once they have the newer record.
   *
   * @throws RefusedException {@code not_found}
   */
  public void revoke(Digest certificate) {
    transactions.inTransaction(
        () ->
            Records.locked(operator.domain())
                .chain(
                    domain ->
                        ServerCertificateRow.<ServerCertificateRow>findById(
                                certificate.octets().toByteArray())
                            .chain(row -> revoke(domain, row, certificate))));
  }

  private Uni<Void> revoke(
      DomainRow domain, @Nullable ServerCertificateRow row, Digest certificate) {
    if (row == null) {
      throw RefusedException.of(RefusalCode.NOT_FOUND, "no server has certificate " + certificate);
    }
    if (row.revoked != null) {
      return Uni.createFrom().voidItem();
    }
    row.revoked = clock.instant();
    domain.serversRecord.stale = true;
    return audit.add(
        Audit.OPERATOR, "server-certificate-revoked", row.service, "certificate " + certificate);
  }
}
