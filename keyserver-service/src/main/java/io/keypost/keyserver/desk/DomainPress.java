package io.keypost.keyserver.desk;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.ProviderLimits;
import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.record.DomainFacts;
import io.keypost.keyserver.record.DomainFacts.Announcement;
import io.keypost.keyserver.record.Edition;
import io.keypost.keyserver.record.Press;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainOperatorRow;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.PoolMemberRow;
import io.keypost.keyserver.store.RevocationRow;
import io.keypost.keyserver.store.RootStatementRow;
import io.keypost.keyserver.store.ServerCertificateRow;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.ServersRecord;
import io.keypost.protocol.record.ServersRecord.ServerState;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Signs records anew. Everything here runs in a transaction that has locked the domain's row and
 * reads what the record says only then: so equal seq means equal content, on every instance.
 */
@Singleton
class DomainPress {
  /** Signers held, so that a pair is checked once: four thousand domains. */
  private static final int MAX_SIGNERS = 4096;

  private final KeyVault vault;
  private final SecureRandom random;
  private final InstantSource clock;
  private final String abuseContact;
  private final long maxPayloadBytes;
  private final Map<UUID, RecordSigner> signers = new LinkedHashMap<>(16, 0.75f, true);

  @Inject
  DomainPress(
      KeyVault vault,
      SecureRandom random,
      InstantSource clock,
      KeyServerConfig config,
      Operator operator,
      ProviderLimits limits) {
    this.vault = vault;
    this.random = random;
    this.clock = clock;
    this.abuseContact = config.abuseContact().orElse("abuse@" + operator.domain());
    this.maxPayloadBytes = limits.maxPayloadBytes();
  }

  /** The press of a locked domain. */
  Uni<Press> of(DomainRow domain) {
    return AuthorityKeyRow.inForce(domain.name)
        .map(rows -> press(domain, new DomainKeys(rows, vault)));
  }

  /** A signer for what has no seq: consents. */
  Uni<RecordSigner> signer(String domain) {
    return AuthorityKeyRow.inForce(domain).map(rows -> signer(new DomainKeys(rows, vault)));
  }

  /** Signs kp-domain of a locked domain. */
  Uni<Edition> domain(DomainRow row) {
    return AuthorityKeyRow.inForce(row.name)
        .chain(
            keys ->
                RootStatementRow.of(row.name)
                    .chain(
                        statements ->
                            DomainOperatorRow.of(row.name)
                                .map(
                                    operators ->
                                        domain(
                                            row,
                                            new DomainKeys(keys, vault),
                                            statements,
                                            operators))));
  }

  private Edition domain(
      DomainRow row,
      DomainKeys keys,
      List<RootStatementRow> statements,
      List<DomainOperatorRow> operators) {
    Instant now = clock.instant();
    byte[] root = row.rootCertificate;
    if (root == null) {
      throw DomainKeys.notReady();
    }
    DomainFacts facts =
        new DomainFacts(
            new MailDomain(row.name),
            row.gen,
            Bytes.copyOf(root),
            List.of(
                CertificateCodec.encode(keys.certificate(Use.SIGNING)),
                CertificateCodec.encode(keys.certificate(Use.OPERATIONAL_CA))),
            statements.stream().map(DomainPress::statement).toList(),
            operators.stream().map(DomainPress::operator).toList(),
            maxPayloadBytes,
            abuseContact,
            DomainRecord.Management.valueOf(row.management.name()));
    Edition next =
        press(row, keys)
            .next(
                RecordKind.DOMAIN,
                row.domainRecord.edition().orElse(null),
                (gen, seq, predecessor, issued, expires) -> facts.record(seq, issued, expires, now),
                row::nextSeq,
                now,
                Instant.MAX);
    row.domainRecord.publish(next);
    return next;
  }

  /** Signs kp-servers of a locked operator domain. */
  Uni<Edition> servers(DomainRow row) {
    Instant now = clock.instant();
    return of(row)
        .chain(
            press ->
                PoolMemberRow.of(row.name)
                    .chain(
                        members ->
                            ServerCertificateRow.good(row.name, now)
                                .map(certificates -> servers(row, press, members, certificates))));
  }

  private Edition servers(
      DomainRow row,
      Press press,
      List<PoolMemberRow> members,
      List<ServerCertificateRow> certificates) {
    List<ServersRecord.Pool> pools = pools(members);
    List<Digest> digests =
        certificates.stream().map(c -> new Digest(Bytes.copyOf(c.digest))).sorted().toList();
    MailDomain operator = new MailDomain(row.name);
    Edition next =
        press.next(
            RecordKind.SERVERS,
            row.serversRecord.edition().orElse(null),
            (gen, seq, predecessor, issued, expires) ->
                new ServersRecord(operator, gen, seq, issued, expires, pools, digests),
            row::nextSeq,
            clock.instant(),
            Instant.MAX);
    row.serversRecord.publish(next);
    return next;
  }

  /** Signs kp-revocations of a locked domain. */
  Uni<Edition> revocations(DomainRow row) {
    Instant now = clock.instant();
    return AuthorityKeyRow.inForce(row.name)
        .chain(
            keys ->
                RevocationRow.counting(row.name, now)
                    .map(entries -> revocations(row, new DomainKeys(keys, vault), entries)));
  }

  private Edition revocations(DomainRow row, DomainKeys keys, List<RevocationRow> counting) {
    MailDomain domain = new MailDomain(row.name);
    List<Bytes> chain =
        List.of(
            CertificateCodec.encode(keys.certificate(Use.SIGNING)),
            CertificateCodec.encode(keys.certificate(Use.OPERATIONAL_CA)));
    List<RevocationsRecord.Entry> entries =
        counting.stream()
            .map(
                entry ->
                    new RevocationsRecord.Entry(
                        entry.number,
                        entry.subject,
                        new Digest(Bytes.copyOf(entry.id)),
                        entry.at,
                        entry.until))
            .toList();
    Edition next =
        press(row, keys)
            .next(
                RecordKind.REVOCATIONS,
                row.revocationsRecord.edition().orElse(null),
                (gen, seq, predecessor, issued, expires) ->
                    new RevocationsRecord(
                        domain, gen, seq, issued, expires, chain, row.nextRevocation, entries),
                row::nextSeq,
                clock.instant(),
                Instant.MAX);
    row.revocationsRecord.publish(next);
    return next;
  }

  /** Signs kp-address of an address of a locked domain. */
  Edition address(DomainRow domain, Press press, AddressRow row) {
    AddressRecord.Content content = content(row);
    Instant consentEnd = row.consentExpires;
    Address address = new Address(row.local, new MailDomain(row.domain));
    List<String> statements = row.statements.lines().toList();
    Edition next =
        press.next(
            RecordKind.ADDRESS,
            row.published.edition().orElse(null),
            (gen, seq, predecessor, issued, expires) ->
                new AddressRecord(
                    address, gen, seq, issued, expires, predecessor, content, statements),
            domain::nextSeq,
            clock.instant(),
            row.kind == AddressRow.Kind.ALIAS && consentEnd != null ? consentEnd : Instant.MAX);
    row.published.publish(next);
    return next;
  }

  /** Signs that nothing ever stood at {@code address}: seq 0, before every other record of it. */
  String unknown(Press press, Address address) {
    Instant now = clock.instant();
    return press
        .next(
            RecordKind.ADDRESS,
            null,
            (gen, seq, predecessor, issued, expires) ->
                new AddressRecord(
                    address,
                    gen,
                    seq,
                    issued,
                    expires,
                    null,
                    new AddressRecord.Unknown(),
                    List.of()),
            () -> 0,
            now,
            Instant.MAX)
        .jws();
  }

  private static AddressRecord.Content content(AddressRow row) {
    return switch (row.kind) {
      case MAILBOX ->
          new AddressRecord.Mailbox(
              Bytes.copyOf(stored(row.certificate)),
              new MailDomain(stored(row.operator)),
              stored(row.pool));
      case ALIAS ->
          new AddressRecord.Alias(Address.parseCanonical(stored(row.target)), stored(row.consent));
      case UNKNOWN -> new AddressRecord.Unknown();
      case REVOKED, SUSPENDED -> new AddressRecord.Revoked(stored(row.revokedFrom));
    };
  }

  private static <T> T stored(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a column is empty that its kind of address fills");
    }
    return value;
  }

  private static DomainFacts.Statement statement(RootStatementRow row) {
    return new DomainFacts.Statement(
        CertificateCodec.decode(Bytes.copyOf(row.rootCertificate)),
        row.jws,
        row.nextRoot == null ? Announcement.NONE : Announcement.NEXT_ROOT,
        row.received);
  }

  private static DomainRecord.Operator operator(DomainOperatorRow row) {
    return new DomainRecord.Operator(new MailDomain(row.operator), row.validFrom, row.validUntil);
  }

  /** A pool that nobody beats in stays, empty: its mail waits and goes to no other pool. */
  private static List<ServersRecord.Pool> pools(List<PoolMemberRow> members) {
    Map<String, List<ServersRecord.Server>> byPool = new LinkedHashMap<>();
    for (PoolMemberRow member : members) {
      List<ServersRecord.Server> servers =
          byPool.computeIfAbsent(member.pool, name -> new ArrayList<>());
      if (!member.silent) {
        servers.add(
            new ServersRecord.Server(
                new MailDomain(member.host),
                member.port,
                member.priority,
                member.weight,
                member.drained ? ServerState.DRAINED : ServerState.IN_SERVICE,
                member.load));
        member.loadShown = member.load;
      }
    }
    return byPool.entrySet().stream()
        .map(pool -> new ServersRecord.Pool(pool.getKey(), pool.getValue()))
        .toList();
  }

  private Press press(DomainRow domain, DomainKeys keys) {
    X509Certificate certificate = keys.certificate(Use.SIGNING);
    return new Press(signer(keys), CertificateDigests.certificate(certificate), domain.gen);
  }

  private RecordSigner signer(DomainKeys keys) {
    AuthorityKeyRow row = keys.ready(Use.SIGNING);
    synchronized (signers) {
      RecordSigner signer =
          signers.computeIfAbsent(
              row.id,
              id ->
                  new RecordSigner(
                      keys.open(Use.SIGNING).getPrivate(), keys.certificate(Use.SIGNING), random));
      if (signers.size() > MAX_SIGNERS) {
        signers.remove(signers.keySet().iterator().next());
      }
      return signer;
    }
  }
}
