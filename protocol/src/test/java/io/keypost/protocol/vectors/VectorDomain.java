package io.keypost.protocol.vectors;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.RevocationsRecord;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.record.ServersRecord;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A domain that makes vectors: all its keys and certificates, new in each object. */
final class VectorDomain {
  private static final long GEN = 7;
  private static final Duration DAY = Duration.ofDays(1);

  final MailDomain domain;
  final X509Certificate root;
  final X509Certificate ca;
  final X509Certificate signing;
  final X509Certificate server;
  final X509Certificate receipt;
  final RecordSigner rootSigner;
  final RecordSigner signer;
  final RecordSigner receiptSigner;
  private final Instant now;

  VectorDomain(String name, Instant now, SecureRandom random) {
    this.now = now;
    domain = MailDomain.parse(name);
    KeyPair rootKeys = P256.generate(random);
    KeyPair caKeys = P256.generate(random);
    KeyPair signingKeys = P256.generate(random);
    KeyPair receiptKeys = P256.generate(random);
    root = CertificateIssuer.root(domain, rootKeys, now, random);
    ca =
        new CertificateIssuer(root, rootKeys.getPrivate(), random)
            .operationalCa(caKeys.getPublic(), now);
    CertificateIssuer issuer = new CertificateIssuer(ca, caKeys.getPrivate(), random);
    signing = issuer.signing(signingKeys.getPublic(), now);
    server = issuer.server(List.of(host("mx")), P256.generate(random).getPublic(), now);
    receipt = issuer.receipt(receiptKeys.getPublic(), now);
    rootSigner = new RecordSigner(rootKeys.getPrivate(), root, random);
    signer = new RecordSigner(signingKeys.getPrivate(), signing, random);
    receiptSigner = new RecordSigner(receiptKeys.getPrivate(), receipt, random);
  }

  MailDomain host(String label) {
    return MailDomain.parse(label + "." + domain);
  }

  Pin pin() {
    return new Pin(
        domain,
        GEN,
        CertificateDigests.spki(root),
        List.of(
            new KeyServerName(host("ks1"), KeyServerName.DEFAULT_PORT),
            new KeyServerName(host("ks2"), 8443)),
        domain,
        Pin.LONGEST_MEMORY);
  }

  String rootStatement() {
    return rootSigner.sign(
        new RootStatement(
            domain,
            GEN,
            now,
            now.plus(DAY.multipliedBy(365)),
            Pin.LONGEST_MEMORY,
            List.of(CertificateDigests.certificate(ca)),
            null));
  }

  String domainRecord(String rootStatement) {
    return signer.sign(
        new DomainRecord(
            domain,
            GEN,
            1,
            now,
            now.plus(DAY.multipliedBy(7)),
            CertificateCodec.encode(root),
            List.of(CertificateCodec.encode(signing), CertificateCodec.encode(ca)),
            rootStatement,
            List.of(),
            List.of(new DomainRecord.Operator(domain, now.minus(DAY), null)),
            new DomainRecord.Limits(100 * 1024 * 1024),
            List.of(1),
            "mailto:abuse@" + domain,
            DomainRecord.Management.OWNER));
  }

  String mailbox(UserSecretKey user) {
    return address(
        user.address(),
        new AddressRecord.Mailbox(user.certificate().encode(), domain, "default"),
        List.of(KeyStatement.first(user, now).text()));
  }

  String address(Address address, AddressRecord.Content content, List<String> statements) {
    return signer.sign(
        new AddressRecord(address, GEN, 12, now, now.plus(DAY), null, content, statements));
  }

  String servers() {
    return signer.sign(
        new ServersRecord(
            domain,
            GEN,
            20,
            now,
            now.plus(DAY),
            List.of(
                new ServersRecord.Pool(
                    "default",
                    List.of(
                        new ServersRecord.Server(
                            host("mx"), 443, 10, 10, ServersRecord.ServerState.IN_SERVICE)))),
            List.of(CertificateDigests.certificate(server))));
  }

  String revocations(List<RevocationsRecord.Entry> entries) {
    return signer.sign(
        new RevocationsRecord(
            domain,
            GEN,
            30,
            now,
            now.plus(DAY),
            List.of(CertificateCodec.encode(signing), CertificateCodec.encode(ca)),
            entries.size() + 1L,
            entries));
  }

  List<Bytes> receiptChain() {
    return List.of(CertificateCodec.encode(receipt), CertificateCodec.encode(ca));
  }

  Digest spki() {
    return CertificateDigests.spki(root);
  }
}
