package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a domain says of itself: who signs for it and whose servers send and receive its mail.
 *
 * @param domain the domain
 * @param gen generation, that of {@code rootStatement}
 * @param seq order within the generation
 * @param issuedAt when it was signed, whole seconds
 * @param expiry when it ends, at most 7 days later
 * @param rootCertificate the domain root in DER
 * @param chain the signing certificate and the operational CA in DER
 * @param rootStatement the newest root statement, JWS
 * @param retiredRoots roots retired in the last year, each with the statement that announced its
 *     successor; oldest first, at most {@value #MAX_RETIRED_ROOTS}
 * @param operators whose servers may send and receive for the domain, 1 to {@value #MAX_OPERATORS}
 * @param limits what the domain's servers take
 * @param versions protocol versions that are spoken
 * @param abuseContact where to write about abuse: an address or a URI
 * @param management who keeps the root's key
 */
public record DomainRecord(
    MailDomain domain,
    long gen,
    long seq,
    Instant issuedAt,
    Instant expiry,
    Bytes rootCertificate,
    List<Bytes> chain,
    String rootStatement,
    List<RetiredRoot> retiredRoots,
    List<Operator> operators,
    Limits limits,
    List<Integer> versions,
    String abuseContact,
    Management management)
    implements SuccessiveRecord {
  /** Most operators at a time, former ones included. */
  public static final int MAX_OPERATORS = 16;

  /** Most roots that one year can retire. */
  public static final int MAX_RETIRED_ROOTS = 4;

  /** How long a former operator may still sign receipts: longer than any envelope lives. */
  public static final Duration RECEIPTS_AFTER_END = Duration.ofDays(15);

  private static final int MAX_VERSIONS = 16;
  private static final int MAX_CONTACT_CHARACTERS = 320;

  /** Who keeps the root's secret key. */
  public enum Management {
    /** The domain's owner, offline. */
    OWNER,
    /** The provider, for an owner who does not want to. */
    PROVIDER
  }

  /**
   * An operator of the domain.
   *
   * @param domain the operator's own domain
   * @param from from when on
   * @param until up to when, not included; for good if absent
   */
  public record Operator(MailDomain domain, Instant from, @Nullable Instant until) {
    /** Keeps whole seconds. */
    public Operator {
      from = Bounds.seconds(from);
      until = until == null ? null : Bounds.seconds(until);
    }

    private boolean standsAt(Instant time, Duration grace) {
      return !time.isBefore(from) && (until == null || time.isBefore(until.plus(grace)));
    }

    private void writeTo(ObjectNode json) {
      json.put("domain", domain.value());
      json.put("from", from.getEpochSecond());
      if (until != null) {
        json.put("until", until.getEpochSecond());
      }
    }

    private static Operator read(JsonObject json) {
      return new Operator(
          json.domain("domain"), json.time("from"), json.has("until") ? json.time("until") : null);
    }
  }

  /**
   * What the domain's servers take.
   *
   * @param maxPayloadBytes largest payload in octets
   */
  public record Limits(long maxPayloadBytes) {
    /** Checks the bounds. */
    public Limits {
      Bounds.range("max_payload_bytes", maxPayloadBytes, 1, Bounds.MAX_INTEGER);
    }
  }

  /**
   * A root that was replaced.
   *
   * @param certificate its certificate in DER
   * @param statement its statement that announced the next root, JWS
   */
  public record RetiredRoot(Bytes certificate, String statement) {
    private void writeTo(ObjectNode json) {
      json.put("root", certificate.base64Url());
      json.put("statement", statement);
    }

    private static RetiredRoot read(JsonObject json) {
      return new RetiredRoot(
          json.bytes("root", CertificateCodec.MAX_CERTIFICATE_OCTETS), json.text("statement"));
    }
  }

  /** Checks the bounds. */
  public DomainRecord {
    Bounds.counted("gen", gen);
    Bounds.counted("seq", seq);
    issuedAt = Bounds.seconds(issuedAt);
    expiry = Bounds.seconds(expiry);
    chain = List.copyOf(chain);
    retiredRoots = List.copyOf(retiredRoots);
    operators = List.copyOf(operators);
    versions = List.copyOf(versions);
    Bounds.size("certificates", chain, 2, 2);
    Bounds.size("retired roots", retiredRoots, 0, MAX_RETIRED_ROOTS);
    Bounds.size("operators", operators, 1, MAX_OPERATORS);
    Bounds.size("versions", versions, 1, MAX_VERSIONS);
    Bounds.text("abuse_contact", abuseContact, MAX_CONTACT_CHARACTERS);
  }

  /** Whether {@code operator}'s servers may send and receive for the domain at {@code time}. */
  public boolean namesForMail(MailDomain operator, Instant time) {
    return names(operator, time, Duration.ZERO);
  }

  /**
   * Whether {@code operator}'s servers may take new mail for the domain at {@code time}
   * (KP-REC-14): one that leaves sends what it holds and takes nothing new.
   */
  public boolean namesForNewMail(MailDomain operator, Instant time) {
    return operators.stream()
        .filter(named -> named.domain().equals(operator))
        .filter(named -> named.standsAt(time, Duration.ZERO))
        .anyMatch(named -> named.until() == null || !isStayedBy(named, time));
  }

  /** Whether another operator than {@code leaving} is in force without an end. */
  private boolean isStayedBy(Operator leaving, Instant time) {
    return operators.stream()
        .filter(other -> !other.domain().equals(leaving.domain()))
        .anyMatch(other -> other.until() == null && other.standsAt(time, Duration.ZERO));
  }

  /**
   * Whether {@code operator} may sign receipts for the domain at {@code time}: also {@link
   * #RECEIPTS_AFTER_END} after it stopped to carry mail.
   */
  public boolean namesForReceipts(MailDomain operator, Instant time) {
    return names(operator, time, RECEIPTS_AFTER_END);
  }

  private boolean names(MailDomain operator, Instant time, Duration grace) {
    return operators.stream()
        .anyMatch(named -> named.domain().equals(operator) && named.standsAt(time, grace));
  }

  @Override
  public RecordKind kind() {
    return RecordKind.DOMAIN;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(expiry);
  }

  @Override
  public DomainRecord withoutRenewal() {
    return new DomainRecord(
        domain,
        gen,
        seq,
        NO_TIME,
        NO_TIME,
        rootCertificate,
        chain,
        rootStatement,
        retiredRoots,
        operators,
        limits,
        versions,
        abuseContact,
        management);
  }

  void writeTo(ObjectNode json) {
    json.put("domain", domain.value());
    JsonObject.putOrder(json, this);
    JsonObject.putTimes(json, issuedAt, expiry);
    json.put("root", rootCertificate.base64Url());
    JsonObject.putAll(json, "chain", chain, Bytes::base64Url);
    json.put("root_statement", rootStatement);
    JsonObject.putObjects(json, "retired_roots", retiredRoots, RetiredRoot::writeTo);
    JsonObject.putObjects(json, "operators", operators, Operator::writeTo);
    json.putObject("limits").put("max_payload_bytes", limits.maxPayloadBytes());
    versions.forEach(json.putArray("versions")::add);
    json.put("abuse_contact", abuseContact);
    json.put("management", JsonObject.word(management));
  }

  static DomainRecord read(JsonObject json) {
    return new DomainRecord(
        json.domain("domain"),
        json.integer("gen"),
        json.integer("seq"),
        json.time("iat"),
        json.time("exp"),
        json.bytes("root", CertificateCodec.MAX_CERTIFICATE_OCTETS),
        json.list("chain", 2, Bytes::parseBase64Url),
        json.text("root_statement"),
        json.objects("retired_roots", MAX_RETIRED_ROOTS, RetiredRoot::read),
        json.objects("operators", MAX_OPERATORS, Operator::read),
        json.object("limits", limits -> new Limits(limits.integer("max_payload_bytes"))),
        json.smallIntegers("versions", MAX_VERSIONS),
        json.text("abuse_contact"),
        json.word("management", Management.class));
  }
}
