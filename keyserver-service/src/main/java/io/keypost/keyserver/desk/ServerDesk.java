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

/** Certifies the servers of this operator and lists them in kp-servers. */
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
    return certify(domain, keys, code, server, receipt, clock.instant())
        .call(() -> join(code))
        .call(certificates -> told("server-enrolled", code, certificates))
        .invoke(() -> code.used = clock.instant());
  }

  private Uni<Void> told(String action, ServerCodeRow code, Certificates certificates) {
    return audit.add(
        "server:" + code.service,
        action,
        code.service,
        "hosts "
            + code.hosts.lines().toList()
            + ", certificate "
            + CertificateDigests.certificate(certificates.server().getFirst()));
  }

  /** Issues and lists; what the certificates say follows from the code. */
  private Uni<Certificates> certify(
      DomainRow domain,
      DomainKeys keys,
      ServerCodeRow code,
      CertificateRequest server,
      Optional<CertificateRequest> receipt,
      Instant now) {
    X509Certificate ca = keys.certificate(Use.OPERATIONAL_CA);
    CertificateIssuer issuer =
        new CertificateIssuer(ca, keys.open(Use.OPERATIONAL_CA).getPrivate(), random);
    List<MailDomain> hosts = code.hosts.lines().map(MailDomain::new).toList();
    X509Certificate certificate = issuer.server(hosts, server.publicKey(), now);
    Optional<X509Certificate> signer =
        receipt.map(request -> issuer.receipt(request.publicKey(), now));
    domain.serversRecord.stale = true;
    return listed(code, certificate, ServerCertificateRow.Use.SERVER, now)
        .persist()
        .chain(
            () ->
                signer
                    .map(
                        own ->
                            listed(code, own, ServerCertificateRow.Use.RECEIPT, now)
                                .persist()
                                .replaceWithVoid())
                    .orElseGet(() -> Uni.createFrom().voidItem()))
        .replaceWith(
            new Certificates(
                List.of(certificate, ca), signer.map(own -> List.of(own, ca)), root(domain)));
  }

  /**
   * A server that showed a certificate of its own in the handshake.
   *
   * @throws RefusedException {@code certificate_unlisted} when it was not given here, {@code
   *     certificate_revoked}, {@code certificate_expired}
   */
  public void requireOwn(Digest certificate) {
    transactions.reading(() -> own(certificate).map(this::requireUsable));
  }

  private static Uni<ServerCertificateRow> own(Digest certificate) {
    return ServerCertificateRow.findById(certificate.octets().toByteArray());
  }

  private ServerCertificateRow requireUsable(@Nullable ServerCertificateRow row) {
    if (row == null
        || row.use != ServerCertificateRow.Use.SERVER
        || !row.operator.equals(operator.domain().value())) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_UNLISTED, "the certificate is none of a server here");
    }
    if (row.revoked != null) {
      throw RefusedException.of(RefusalCode.CERTIFICATE_REVOKED, "the certificate was revoked");
    }
    if (!clock.instant().isBefore(row.notAfter)) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_EXPIRED, "the certificate expired at " + row.notAfter);
    }
    return row;
  }

  /**
   * Certifies new keys of a server that shows a certificate of its own (KP-KSV-21), whatever CA
   * issued that: it was given here, and neither ended nor revoked. What the new ones say follows
   * from the code that the server once enrolled with.
   *
   * @param certificate what it showed in the handshake
   * @param receipt for a service that signs receipts and wants that key certified too
   * @throws RefusedException as {@link #requireOwn}; {@code forbidden} when the server is to enrol
   *     anew
   */
  public Certificates renew(
      Digest certificate, CertificateRequest server, Optional<CertificateRequest> receipt) {
    requireFor(server, CertificateUse.SERVER);
    receipt.ifPresent(request -> requireFor(request, CertificateUse.RECEIPT));
    return transactions.inTransaction(
        () ->
            Records.locked(operator.domain())
                .chain(
                    domain ->
                        own(certificate)
                            .map(this::requireUsable)
                            .chain(ServerDesk::enrolmentOf)
                            .chain(code -> renew(domain, code, server, receipt))));
  }

  private static Uni<ServerCodeRow> enrolmentOf(ServerCertificateRow row) {
    byte[] enrolment = row.enrolment;
    if (enrolment == null) {
      throw anew();
    }
    return ServerCertificateRow.ofEnrolment(enrolment)
        .invoke(
            line -> {
              // A thief of the revoked one may have renewed it.
              if (line.stream().anyMatch(other -> other.revoked != null)) {
                throw anew();
              }
            })
        .chain(() -> ServerCodeRow.<ServerCodeRow>findById(enrolment))
        .onItem()
        .ifNull()
        .failWith(ServerDesk::anew);
  }

  private static RefusedException anew() {
    return RefusedException.of(
        RefusalCode.FORBIDDEN, "this server is to enrol anew: keypost operator server-code");
  }

  private Uni<Certificates> renew(
      DomainRow domain,
      ServerCodeRow code,
      CertificateRequest server,
      Optional<CertificateRequest> receipt) {
    if (receipt.isPresent() && code.purpose != Purpose.SERVER_AND_RECEIPTS) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "this service signs no receipts");
    }
    return AuthorityKeyRow.inForce(domain.name)
        .map(keys -> new DomainKeys(keys, vault))
        .chain(keys -> certify(domain, keys, code, server, receipt, clock.instant()))
        .call(certificates -> told("server-renewed", code, certificates));
  }

  private static X509Certificate root(DomainRow domain) {
    byte[] root = domain.rootCertificate;
    if (root == null) {
      throw DomainKeys.notReady();
    }
    return CertificateCodec.decode(Bytes.copyOf(root));
  }

  private static ServerCertificateRow listed(
      ServerCodeRow code, X509Certificate certificate, ServerCertificateRow.Use use, Instant now) {
    ServerCertificateRow row = new ServerCertificateRow();
    row.use = use;
    row.digest = CertificateDigests.certificate(certificate).octets().toByteArray();
    row.operator = code.operator;
    row.service = code.service;
    row.certificate = CertificateCodec.encode(certificate).toByteArray();
    row.issued = now;
    row.notAfter = certificate.getNotAfter().toInstant();
    row.enrolment = code.digest;
    if (use == ServerCertificateRow.Use.SERVER) {
      row.pool = code.pool;
      row.poolHost = code.poolHost;
      row.poolPort = code.poolPort;
    }
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
}
