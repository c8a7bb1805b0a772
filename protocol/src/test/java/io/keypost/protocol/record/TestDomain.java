package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.P256;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A domain with all its certificates, which can sign every kind of record. */
final class TestDomain {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final SecureRandom RANDOM = new SecureRandom();
  static final long GEN = 7;

  final MailDomain domain;
  final KeyPair rootKeys = P256.generate(RANDOM);
  final KeyPair signingKeys = P256.generate(RANDOM);
  final KeyPair receiptKeys = P256.generate(RANDOM);
  final X509Certificate root;
  final X509Certificate ca;
  final X509Certificate signing;
  final X509Certificate receipt;
  final RecordSigner rootSigner;
  final RecordSigner signer;
  final RecordSigner receiptSigner;

  TestDomain(String name) {
    domain = MailDomain.parse(name);
    KeyPair caKeys = P256.generate(RANDOM);
    root = CertificateIssuer.root(domain, rootKeys, NOW, RANDOM);
    ca =
        new CertificateIssuer(root, rootKeys.getPrivate(), RANDOM)
            .operationalCa(caKeys.getPublic(), NOW);
    CertificateIssuer issuer = new CertificateIssuer(ca, caKeys.getPrivate(), RANDOM);
    signing = issuer.signing(signingKeys.getPublic(), NOW);
    receipt = issuer.receipt(receiptKeys.getPublic(), NOW);
    rootSigner = new RecordSigner(rootKeys.getPrivate(), root, RANDOM);
    signer = new RecordSigner(signingKeys.getPrivate(), signing, RANDOM);
    receiptSigner = new RecordSigner(receiptKeys.getPrivate(), receipt, RANDOM);
  }

  Address address(String local) {
    return Address.parse(local + "@" + domain);
  }

  Digest pin() {
    return CertificateDigests.spki(root);
  }

  RootStatement statement() {
    return new RootStatement(
        domain,
        GEN,
        NOW,
        NOW.plus(Duration.ofDays(365)),
        Duration.ofDays(30),
        List.of(CertificateDigests.certificate(ca)),
        null);
  }

  DomainRecord record() {
    return record(rootSigner.sign(statement()));
  }

  DomainRecord record(String statement) {
    return new DomainRecord(
        domain,
        GEN,
        3,
        NOW,
        NOW.plus(Duration.ofDays(7)),
        CertificateCodec.encode(root),
        List.of(CertificateCodec.encode(signing), CertificateCodec.encode(ca)),
        statement,
        List.of(),
        List.of(new DomainRecord.Operator(domain, NOW.minus(Duration.ofDays(1)), null)),
        new DomainRecord.Limits(100 * 1024 * 1024),
        List.of(1),
        "mailto:abuse@" + domain,
        DomainRecord.Management.OWNER);
  }

  VerifiedDomain verified() {
    return verify(signer.sign(record()), NOW);
  }

  VerifiedDomain verify(String jws, Instant now) {
    return RecordVerifier.verifyDomain(jws, pin(), domain, now);
  }

  AddressRecord addressRecord(Address address, AddressRecord.Content content) {
    return new AddressRecord(
        address, GEN, 12, NOW, NOW.plus(Duration.ofHours(24)), null, content, List.of("statement"));
  }

  AddressRecord mailbox(String local) {
    return addressRecord(
        address(local),
        new AddressRecord.Mailbox(Bytes.utf8("an OpenPGP certificate"), domain, "default"));
  }

  ServersRecord servers() {
    return new ServersRecord(
        domain,
        GEN,
        20,
        NOW,
        NOW.plus(Duration.ofHours(24)),
        List.of(
            new ServersRecord.Pool(
                "default",
                List.of(
                    new ServersRecord.Server(
                        MailDomain.parse("mx." + domain),
                        443,
                        10,
                        20,
                        ServersRecord.ServerState.IN_SERVICE)))),
        List.of(Digest.sha256(Bytes.utf8("a certificate"))));
  }

  ConsentRecord consent(Address alias, Address target) {
    return new ConsentRecord(
        alias, target, 5, Bytes.utf8("signature"), NOW, NOW.plus(Duration.ofHours(24)));
  }

  ReceiptRecord receipt(Address sender, Address recipient) {
    return new ReceiptRecord(
        Digest.sha256(Bytes.utf8("envelope and signature")),
        Bytes.copyOf(new byte[16]),
        sender,
        recipient,
        ReceiptRecord.ReceiptOutcome.DELIVERED,
        null,
        domain,
        NOW);
  }

  RevocationsRecord revocations(long next, RevocationsRecord.Entry... entries) {
    return new RevocationsRecord(
        domain,
        GEN,
        30,
        NOW,
        NOW.plus(Duration.ofHours(24)),
        List.of(CertificateCodec.encode(signing), CertificateCodec.encode(ca)),
        next,
        List.of(entries));
  }

  List<Bytes> receiptChain() {
    return List.of(CertificateCodec.encode(receipt), CertificateCodec.encode(ca));
  }
}
