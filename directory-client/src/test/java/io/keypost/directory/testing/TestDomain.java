package io.keypost.directory.testing;

import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.record.ServersRecord;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A domain with real keys, certificates and users, and the records that its key server would
 * publish, for tests. Not thread safe but for reading.
 */
public final class TestDomain {
  private final MailDomain domain;
  private final MailDomain operator;
  private final InstantSource clock;
  private final SecureRandom random;
  private final List<DomainRecord.RetiredRoot> retired = new ArrayList<>();
  private final List<MailDomain> operators = new ArrayList<>();
  private final Map<MailDomain, Instant> ends = new HashMap<>();
  private final List<Digest> certificates = new ArrayList<>();
  private final List<RevocationsRecord.Entry> revoked = new ArrayList<>();
  private final List<ServersRecord.Server> servers = new ArrayList<>();
  private final Map<Address, List<KeyStatement>> statements = new ConcurrentHashMap<>();
  private final Map<Address, AddressRecord.Content> contents = new ConcurrentHashMap<>();
  private final Map<Address, Long> sequences = new ConcurrentHashMap<>();
  private KeyPair rootKeys;
  private X509Certificate root;
  private KeyPair caKeys;
  private X509Certificate ca;
  private KeyPair signingKeys;
  private X509Certificate signing;
  private Optional<Digest> announced = Optional.empty();
  private Optional<String> statement = Optional.empty();
  private Duration max = Duration.ofDays(30);
  private long gen = 1;
  private long seq = 1;

  /** A domain that is its own operator. */
  public TestDomain(String domain, InstantSource clock, SecureRandom random) {
    this(domain, domain, clock, random);
  }

  /** A domain at an operator. */
  public TestDomain(String domain, String operator, InstantSource clock, SecureRandom random) {
    this.domain = MailDomain.parse(domain);
    this.operator = MailDomain.parse(operator);
    this.clock = clock;
    this.random = random;
    operators.add(this.operator);
    rootKeys = P256.generate(random);
    root = CertificateIssuer.root(this.domain, rootKeys, clock.instant(), random);
    issueBelowRoot();
  }

  private void issueBelowRoot() {
    statement = Optional.empty();
    caKeys = P256.generate(random);
    ca =
        new CertificateIssuer(root, rootKeys.getPrivate(), random)
            .operationalCa(caKeys.getPublic(), clock.instant());
    issueSigning();
  }

  private void issueSigning() {
    signingKeys = P256.generate(random);
    signing = issuer().signing(signingKeys.getPublic(), clock.instant());
  }

  private CertificateIssuer issuer() {
    return new CertificateIssuer(ca, caKeys.getPrivate(), random);
  }

  /** The domain. */
  public MailDomain domain() {
    return domain;
  }

  /** An address of the domain. */
  public Address address(String local) {
    return Address.parse(local + "@" + domain);
  }

  /** The digest that the pin names. */
  public Digest rootDigest() {
    return CertificateDigests.spki(root);
  }

  /** The root's certificate. */
  public X509Certificate root() {
    return root;
  }

  /** A service of this operator that is listed in its servers record. */
  public ServerIdentity listedServer(String host) {
    ServerIdentity identity = unlistedServer(host);
    certificates.add(CertificateDigests.certificate(identity.chain().getFirst()));
    seq++;
    return identity;
  }

  /** A service of this operator that is not listed in its servers record. */
  public ServerIdentity unlistedServer(String host) {
    KeyPair keys = P256.generate(random);
    X509Certificate leaf =
        issuer().server(List.of(MailDomain.parse(host)), keys.getPublic(), clock.instant());
    return new ServerIdentity(domain, List.of(leaf, ca, root), keys.getPrivate());
  }

  /** Signs receipts for this operator. */
  public ReceiptIdentity receipts() {
    KeyPair keys = P256.generate(random);
    return new ReceiptIdentity(
        List.of(issuer().receipt(keys.getPublic(), clock.instant()), ca), keys.getPrivate());
  }

  /**
   * Certifies a server's request and lists it.
   *
   * @return leaf and operational CA
   */
  public List<X509Certificate> certifyServer(String host, PublicKey key) {
    X509Certificate leaf = issuer().server(List.of(MailDomain.parse(host)), key, clock.instant());
    certificates.add(CertificateDigests.certificate(leaf));
    seq++;
    return List.of(leaf, ca);
  }

  /** Revokes a certificate of this domain, and lists it no more. */
  public void revoke(X509Certificate certificate) {
    Digest digest = CertificateDigests.certificate(certificate);
    certificates.remove(digest);
    revoked.add(
        new RevocationsRecord.Entry(
            revoked.size() + 1L,
            RevocationsRecord.Subject.CERTIFICATE,
            digest,
            clock.instant(),
            certificate.getNotAfter().toInstant()));
    seq++;
  }

  /** Revokes a user's key, whatever its certificate says. */
  public void revoke(Bytes fingerprint) {
    revoked.add(
        new RevocationsRecord.Entry(
            revoked.size() + 1L,
            RevocationsRecord.Subject.KEY,
            new Digest(fingerprint),
            clock.instant(),
            clock.instant().plus(Duration.ofDays(30))));
    seq++;
  }

  /** Takes back what was revoked: what nobody may believe. */
  public void forgetRevocations() {
    revoked.clear();
    seq++;
  }

  /** The certificate that signs this domain's records. */
  public X509Certificate signing() {
    return signing;
  }

  /** What this domain has revoked. */
  public String revocationsRecord() {
    Instant now = clock.instant();
    return signer()
        .sign(
            new RevocationsRecord(
                domain,
                gen,
                seq,
                now,
                now.plus(Duration.ofHours(24)),
                List.of(CertificateCodec.encode(signing), CertificateCodec.encode(ca)),
                revoked.size() + 1L,
                revoked));
  }

  /** Whether a certificate stands in the servers record. */
  public boolean isListed(Digest certificate) {
    return certificates.contains(certificate);
  }

  /** Adds a receiving server to the one pool. */
  public void receiveAt(String host, int port) {
    servers.add(
        new ServersRecord.Server(
            MailDomain.parse(host), port, 10, 10, ServersRecord.ServerState.IN_SERVICE));
    seq++;
  }

  /** Names another operator too. */
  public void alsoAt(MailDomain other) {
    operators.add(other);
    seq++;
  }

  /** Says until when an operator is named. */
  public void leaves(MailDomain leaving, Instant until) {
    ends.put(leaving, until);
    seq++;
  }

  /** Forgets an operator. */
  public void noLongerAt(MailDomain other) {
    operators.remove(other);
    seq++;
  }

  /** Announces another root in a statement of the present one. */
  public KeyPair announceNextRoot() {
    KeyPair next = P256.generate(random);
    announced = Optional.of(Digest.sha256(next.getPublic().getEncoded()));
    raiseGen();
    return next;
  }

  /** Takes {@code next} for the root; the record keeps the old one with its last statement. */
  public void rotateRoot(KeyPair next) {
    retired.add(new DomainRecord.RetiredRoot(CertificateCodec.encode(root), rootStatement()));
    rootKeys = next;
    root = CertificateIssuer.root(domain, next, clock.instant(), random);
    announced = Optional.empty();
    raiseGen();
    issueBelowRoot();
  }

  /** A root that nobody announced. */
  public void replaceRoot() {
    rootKeys = P256.generate(random);
    root = CertificateIssuer.root(domain, rootKeys, clock.instant(), random);
    raiseGen();
    issueBelowRoot();
  }

  /** What a thief of the operational CA's key does when the root has put another CA in force. */
  public void replaceCaAndGoOnSigningUnderTheOldOne() {
    X509Certificate stolen = ca;
    KeyPair stolenKeys = caKeys;
    raiseGen();
    issueBelowRoot();
    rootStatement();
    ca = stolen;
    caKeys = stolenKeys;
    issueSigning();
  }

  /** Another operational CA under the same root. */
  public void exchangeCa() {
    raiseGen();
    issueBelowRoot();
  }

  /** Another signing certificate. */
  public void renewSigning() {
    issueSigning();
    seq++;
  }

  /** The next generation. */
  public void raiseGen() {
    statement = Optional.empty();
    gen++;
  }

  /** Lets its pin be remembered for no longer. */
  public void rememberFor(Duration time) {
    statement = Optional.empty();
    max = time;
  }

  /** The generation now. */
  public long gen() {
    return gen;
  }

  /** Goes back in time: an attacker who serves what once was true. */
  public void rollBackTo(long earlierGen, long earlierSeq) {
    if (gen != earlierGen) {
      statement = Optional.empty();
    }
    gen = earlierGen;
    seq = earlierSeq;
  }

  /** The order now. */
  public long seq() {
    return seq;
  }

  /** The pin that goes with the present root. */
  public Pin pin(List<KeyServerName> keyServers) {
    return new Pin(domain, gen, rootDigest(), keyServers, operator, max);
  }

  /** A new user with a mailbox. */
  public UserSecretKey user(String local) {
    Address address = address(local);
    UserSecretKey key = UserSecretKey.generate(address, clock.instant(), random);
    publish(key);
    return key;
  }

  /** Publishes the user's certificate as it is now. */
  public void publish(UserSecretKey key) {
    // Signed once, as a user does: a record that says the same must be the same.
    statements.putIfAbsent(
        key.address(), List.of(KeyStatement.first(key, key.certificate().life().from())));
    say(key.address(), new AddressRecord.Mailbox(key.certificate().encode(), operator, "default"));
  }

  /** Publishes another primary key in the place of {@code before}, which has signed that. */
  public void replace(UserSecretKey before, UserSecretKey key) {
    List<KeyStatement> said = new ArrayList<>(statements.get(before.address()));
    said.add(
        KeyStatement.next(
            KeyHistory.verify(before.address(), said),
            KeyStatement.keyOf(key.certificate()),
            before,
            clock.instant()));
    statements.put(before.address(), List.copyOf(said));
    publish(key);
  }

  /** Makes an alias with the target's consent, in a record of the target's domain. */
  public void alias(String local, UserSecretKey target, TestDomain targetDomain) {
    Address alias = address(local);
    pointAt(alias, target.address(), targetDomain.consent(alias, target));
  }

  /** Makes an alias, whatever stands in the place of the consent. */
  public void pointAt(Address alias, Address target, String consent) {
    say(alias, new AddressRecord.Alias(target, consent));
  }

  /** Says anything of an address. */
  public void say(Address address, AddressRecord.Content content) {
    contents.put(address, content);
    sequences.merge(address, 1L, Long::sum);
  }

  /** Says something else of an address under the number of what it said before. */
  public void contradict(Address address, AddressRecord.Content content) {
    contents.put(address, content);
  }

  /** Says nothing more of an address. */
  public void remove(Address address) {
    say(address, new AddressRecord.Unknown());
  }

  /** The target's consent to an alias. */
  public String consent(Address alias, UserSecretKey target) {
    Instant now = clock.instant();
    Bytes signature = ConsentSignatures.sign(alias, 1, target, now);
    return signer()
        .sign(
            new ConsentRecord(
                alias, target.address(), 1, signature, now, now.plus(Duration.ofHours(24))));
  }

  /** Signs this domain's records. */
  public RecordSigner signer() {
    return new RecordSigner(signingKeys.getPrivate(), signing, random);
  }

  /** The newest root statement: signed once, as it is offline. */
  public String rootStatement() {
    String signed = statement.orElseGet(this::signStatement);
    statement = Optional.of(signed);
    return signed;
  }

  private String signStatement() {
    Instant now = clock.instant();
    return new RecordSigner(rootKeys.getPrivate(), root, random)
        .sign(
            new RootStatement(
                domain,
                gen,
                now,
                now.plus(Duration.ofDays(400)),
                max,
                List.of(CertificateDigests.certificate(ca)),
                announced.orElse(null)));
  }

  /** The domain's record. */
  public String domainRecord() {
    Instant now = clock.instant();
    return signer()
        .sign(
            new DomainRecord(
                domain,
                gen,
                seq,
                now,
                now.plus(Duration.ofDays(7)),
                CertificateCodec.encode(root),
                List.of(CertificateCodec.encode(signing), CertificateCodec.encode(ca)),
                rootStatement(),
                retired,
                operators.stream()
                    .map(o -> new DomainRecord.Operator(o, Instant.EPOCH, ends.get(o)))
                    .toList(),
                new DomainRecord.Limits(100 << 20),
                List.of(1),
                "postmaster@" + domain,
                DomainRecord.Management.OWNER));
  }

  /** The record of an address, {@code unknown} if nothing was said of it. */
  public String addressRecord(Address asked) {
    Address address =
        contents.containsKey(asked) || !contents.containsKey(asked.withoutTag())
            ? asked
            : asked.withoutTag();
    Instant now = clock.instant();
    return signer()
        .sign(
            new AddressRecord(
                address,
                gen,
                sequences.getOrDefault(address, 1L),
                now,
                now.plus(Duration.ofHours(24)),
                null,
                contents.getOrDefault(address, new AddressRecord.Unknown()),
                statements.getOrDefault(address, List.of()).stream()
                    .map(KeyStatement::text)
                    .toList()));
  }

  /** The operator's servers. */
  public String serversRecord() {
    Instant now = clock.instant();
    return signer()
        .sign(
            new ServersRecord(
                domain,
                gen,
                seq,
                now,
                now.plus(Duration.ofHours(24)),
                List.of(new ServersRecord.Pool("default", servers)),
                certificates));
  }
}
