package io.keypost.keyserver.desk;

import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.ServerCertificateRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a domain: listed, and revoked one by one. An operational CA is not revoked
 * here: only a root statement ends one (KP-REC-9).
 */
@Singleton
public class CertificateDesk {
  private final Transactions transactions;
  private final Revocations revocations;
  private final OwnCertificates ownCertificates;
  private final Credential credential;
  private final Audit audit;
  private final InstantSource clock;

  @Inject
  CertificateDesk(
      Transactions transactions,
      Revocations revocations,
      OwnCertificates ownCertificates,
      Credential credential,
      Audit audit,
      InstantSource clock) {
    this.transactions = transactions;
    this.revocations = revocations;
    this.ownCertificates = ownCertificates;
    this.credential = credential;
    this.audit = audit;
    this.clock = clock;
  }

  /** How a certificate stands. */
  public enum State {
    /** Used, or may be. */
    IN_FORCE,
    /** Another took its place; it still verifies what it signed, to its end. */
    REPLACED,
    /** Revoked by hand, or with its CA. */
    REVOKED,
    /** Past its life. */
    EXPIRED
  }

  /**
   * A certificate.
   *
   * @param service whose it is, for people
   */
  public record Listed(
      Digest digest,
      CertificateUse use,
      String service,
      Instant issued,
      Instant notAfter,
      State state) {}

  /**
   * Every certificate of a domain that has not ended, and those that ended last, newest first.
   *
   * @throws RefusedException {@code not_found}
   */
  public List<Listed> of(MailDomain domain) {
    Instant now = clock.instant();
    List<Listed> listed = new ArrayList<>();
    transactions
        .reading(
            () ->
                DomainRow.named(domain.value())
                    .onItem()
                    .ifNull()
                    .failWith(() -> Records.notHosted(domain))
                    .chain(row -> AuthorityKeyRow.certified(row.name)))
        .forEach(row -> listed.add(listed(row, now)));
    transactions.reading(() -> ServerCertificateRow.of(domain.value())).stream()
        // The key server's own stand among the authority's keys too.
        .filter(row -> listed.stream().noneMatch(known -> known.digest().equals(digest(row))))
        .forEach(row -> listed.add(listed(row, now)));
    listed.sort(Comparator.comparing(Listed::issued).reversed());
    return List.copyOf(listed);
  }

  private static Digest digest(ServerCertificateRow row) {
    return new Digest(Bytes.copyOf(row.digest));
  }

  private static Listed listed(ServerCertificateRow row, Instant now) {
    CertificateUse use =
        switch (row.use) {
          case SERVER -> CertificateUse.SERVER;
          case RECEIPT -> CertificateUse.RECEIPT;
        };
    return new Listed(
        digest(row),
        use,
        row.service,
        row.issued,
        row.notAfter,
        state(row.revoked, null, row.notAfter, now));
  }

  private static Listed listed(AuthorityKeyRow row, Instant now) {
    byte[] certificate = row.certificate;
    Instant end = row.notAfter;
    if (certificate == null || end == null) {
      throw new IllegalStateException("a certified key has a certificate and an end");
    }
    CertificateUse use =
        switch (row.use) {
          case OPERATIONAL_CA, COMING_CA -> CertificateUse.OPERATIONAL_CA;
          case SIGNING -> CertificateUse.SIGNING;
          case SERVER -> CertificateUse.SERVER;
          case ACCESS_TOKEN -> throw new IllegalStateException("a token key has no certificate");
        };
    return new Listed(
        Digest.sha256(certificate),
        use,
        "keyserver",
        row.created,
        end,
        state(row.revoked, row.retired, end, now));
  }

  private static State state(
      @Nullable Instant revoked, @Nullable Instant retired, Instant end, Instant now) {
    if (revoked != null) {
      return State.REVOKED;
    }
    if (!now.isBefore(end)) {
      return State.EXPIRED;
    }
    return retired == null ? State.IN_FORCE : State.REPLACED;
  }

  /**
   * Revokes a certificate of a server, of receipts or of a domain's signer. Peers refuse it once
   * they have the next kp-revocations. One that this service itself uses is replaced at once.
   *
   * @throws RefusedException {@code not_found}; {@code conflict} for an operational CA
   */
  public void revoke(Digest certificate) {
    boolean found =
        transactions.inTransaction(() -> revokeOfServer(certificate))
            | transactions.inTransaction(() -> revokeOfAuthority(certificate));
    if (!found) {
      throw RefusedException.of(
          RefusalCode.NOT_FOUND, "no certificate of this provider is " + certificate);
    }
    credential.refresh();
  }

  private Uni<Boolean> revokeOfServer(Digest certificate) {
    byte[] digest = certificate.octets().toByteArray();
    return ServerCertificateRow.<ServerCertificateRow>findById(digest)
        .chain(
            found ->
                found == null
                    ? Uni.createFrom().item(false)
                    : Records.locked(new MailDomain(found.operator))
                        .chain(domain -> revoke(domain, found)));
  }

  private Uni<Boolean> revoke(DomainRow domain, ServerCertificateRow row) {
    if (row.revoked != null) {
      return Uni.createFrom().item(true);
    }
    domain.serversRecord.stale = true;
    return line(row)
        .chain(
            line -> {
              Uni<Boolean> done = Uni.createFrom().item(true);
              for (ServerCertificateRow each : line) {
                done = done.chain(() -> end(domain, each));
              }
              return done;
            });
  }

  /**
   * The certificate, and those of its kind that were renewed with it or after it: whoever stole the
   * key may have renewed it himself.
   */
  private Uni<List<ServerCertificateRow>> line(ServerCertificateRow row) {
    byte[] enrolment = row.enrolment;
    Instant now = clock.instant();
    return enrolment == null
        ? Uni.createFrom().item(List.of(row))
        : ServerCertificateRow.ofEnrolment(enrolment)
            .map(
                line ->
                    line.stream()
                        .filter(
                            each ->
                                each == row
                                    || each.use == row.use
                                        && each.revoked == null
                                        && each.issued.isAfter(row.issued)
                                        && now.isBefore(each.notAfter))
                        .toList());
  }

  private Uni<Boolean> end(DomainRow domain, ServerCertificateRow row) {
    row.revoked = clock.instant();
    return revocations
        .certificate(domain, digest(row), row.notAfter)
        .chain(() -> told(row.service, row.use.name(), digest(row)));
  }

  private Uni<Boolean> revokeOfAuthority(Digest certificate) {
    return AuthorityKeyRow.withCertificate(certificate.octets().toByteArray())
        .chain(
            found ->
                found == null
                    ? Uni.createFrom().item(false)
                    : Records.locked(new MailDomain(found.domain))
                        .chain(domain -> revoke(domain, found, certificate)));
  }

  private Uni<Boolean> revoke(DomainRow domain, AuthorityKeyRow row, Digest certificate) {
    Instant end = row.notAfter;
    if (end == null || row.use == Use.OPERATIONAL_CA && row.retired == null) {
      throw RefusedException.of(
          RefusalCode.CONFLICT,
          "only its root ends an operational CA: keypost operator init "
              + domain.name
              + ", then keypost root sign --only-this, then keypost operator authority");
    }
    if (row.revoked != null) {
      return Uni.createFrom().item(true);
    }
    // A CA that another took the place of may still be what old receipts hang on.
    boolean inForce = row.retired == null;
    row.revoked = clock.instant();
    return revocations
        .certificate(domain, certificate, end)
        .chain(
            () -> inForce ? ownCertificates.replace(domain, row.use) : Uni.createFrom().voidItem())
        .chain(() -> told(domain.name, row.use.name(), certificate));
  }

  private Uni<Boolean> told(String subject, String use, Digest certificate) {
    return audit
        .add(Audit.OPERATOR, "certificate-revoked", subject, use + " certificate " + certificate)
        .replaceWith(true);
  }
}
