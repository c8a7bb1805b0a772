package io.keypost.keyserver.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.DomainRecord;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a domain's record is made of.
 *
 * @param domain the domain
 * @param gen generation of the newest root statement
 * @param rootCertificate DER
 * @param chain signing certificate and operational CA, DER
 * @param statements every root statement, oldest first; the last is in force
 * @param operators whom the domain names
 * @param maxPayloadBytes largest payload that the provider takes, octets
 * @param abuseContact whom to tell of abuse
 * @param management who keeps the root's key
 */
public record DomainFacts(
    MailDomain domain,
    long gen,
    Bytes rootCertificate,
    List<Bytes> chain,
    List<Statement> statements,
    List<DomainRecord.Operator> operators,
    long maxPayloadBytes,
    String abuseContact,
    DomainRecord.Management management) {

  /** How long a retired root is still told of. */
  public static final Duration RETIRED_ROOTS_SHOWN = Duration.ofDays(365);

  private static final List<Integer> VERSIONS = List.of(1);

  /** Keeps its own copies. */
  public DomainFacts {
    chain = List.copyOf(chain);
    statements = List.copyOf(statements);
    operators = List.copyOf(operators);
    if (statements.isEmpty()) {
      throw new IllegalArgumentException("a domain without a root statement has no record");
    }
  }

  /**
   * A root statement that was uploaded.
   *
   * @param root the root that signed it
   * @param jws the statement
   * @param announcesRoot whether it announces another root
   * @param received when it was uploaded
   */
  public record Statement(
      X509Certificate root, String jws, Announcement announcesRoot, Instant received) {}

  /** Whether a statement announces another root. */
  public enum Announcement {
    /** It names the next root. */
    NEXT_ROOT,
    /** It does not. */
    NONE
  }

  /** The record in a given order and life. */
  public DomainRecord record(long seq, Instant issued, Instant expires, Instant now) {
    return new DomainRecord(
        domain,
        gen,
        seq,
        issued,
        expires,
        rootCertificate,
        chain,
        statements.getLast().jws(),
        retiredRoots(now),
        operators,
        new DomainRecord.Limits(maxPayloadBytes),
        VERSIONS,
        abuseContact,
        management);
  }

  /** Each root that another took the place of, with its last announcement. */
  private List<DomainRecord.RetiredRoot> retiredRoots(Instant now) {
    List<DomainRecord.RetiredRoot> retired = new ArrayList<>();
    @Nullable Statement announcing = null;
    for (int i = 0; i + 1 < statements.size(); i++) {
      Statement statement = statements.get(i);
      Statement next = statements.get(i + 1);
      announcing = statement.announcesRoot() == Announcement.NEXT_ROOT ? statement : announcing;
      boolean changed =
          !CertificateDigests.spki(statement.root()).equals(CertificateDigests.spki(next.root()));
      if (changed
          && announcing != null
          && now.isBefore(next.received().plus(RETIRED_ROOTS_SHOWN))) {
        retired.add(
            new DomainRecord.RetiredRoot(
                CertificateCodec.encode(statement.root()), announcing.jws()));
      }
    }
    return retired.subList(
        Math.max(0, retired.size() - DomainRecord.MAX_RETIRED_ROOTS), retired.size());
  }
}
