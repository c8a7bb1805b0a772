package io.keypost.client;

import io.keypost.client.TrustChain.Kind;
import io.keypost.client.TrustChain.Link;
import io.keypost.directory.AddressView;
import io.keypost.directory.DomainView;
import io.keypost.directory.Resolution;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.ServersView;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.dns.PinAnswer;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.DomainRecord;
import io.keypost.protocol.record.SuccessiveRecord;
import io.keypost.protocol.refusal.RefusedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Puts what the directory found into words and facts: {@code whois}, one step at a time. */
final class TrustLinks {
  private final Instant at;

  private TrustLinks(Instant at) {
    this.at = at;
  }

  /** The links that a step shows. */
  static List<Link> of(ResolutionStep step, Instant at) {
    TrustLinks links = new TrustLinks(at);
    return switch (step) {
      case ResolutionStep.PinFound found -> links.pin(found.domain(), found.answer());
      case ResolutionStep.PinRecalled recalled ->
          List.of(links.memory(recalled.domain(), recalled.remembered()));
      case ResolutionStep.PinConfirmed confirmed ->
          List.of(
              links.link(
                  Kind.CONFIRMATION,
                  confirmed.domain(),
                  "the same pin stands at " + confirmed.url() + ", under a public CA",
                  Map.of("url", confirmed.url())));
      case ResolutionStep.KeyServerAnswered answered -> List.of(links.keyServer(answered));
      case ResolutionStep.DomainVerified domain -> links.domain(domain.view());
      case ResolutionStep.AddressVerified address -> links.address(address.view());
      case ResolutionStep.ServersVerified servers -> List.of(links.servers(servers.view()));
      case ResolutionStep.PointerFollowed pointer -> List.of(links.pointer(pointer.pointer()));
    };
  }

  private Link link(Kind kind, Object subject, String detail, Map<String, Object> facts) {
    return new Link(kind, subject.toString(), at, detail, facts);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private List<Link> pin(MailDomain domain, PinAnswer answer) {
    Pin pin = answer.pin();
    List<String> keyServers = pin.keyServers().stream().map(KeyServerName::toString).toList();
    Map<String, Object> dns = new LinkedHashMap<>();
    dns.put("name", Pin.LABEL + "." + domain);
    dns.put("dnssec", word(answer.security()));
    dns.put("ttl_seconds", answer.timeToLive().toSeconds());
    Map<String, Object> says = new LinkedHashMap<>();
    says.put("gen", pin.gen());
    says.put("root", pin.root().base64Url());
    says.put("key_servers", keyServers);
    says.put("operator", pin.operator().value());
    says.put("max_seconds", pin.max().toSeconds());
    return List.of(
        link(
            Kind.DNS,
            domain,
            Pin.LABEL
                + "."
                + domain
                + " TXT is "
                + (answer.security() == DnsSecurity.SECURE
                    ? "secure: validated by DNSSEC here"
                    : "insecure: its zone is not signed")
                + ", good for "
                + answer.timeToLive().toSeconds()
                + " s",
            dns),
        link(
            Kind.PIN,
            domain,
            "root "
                + pin.root()
                + ", gen "
                + pin.gen()
                + ", key servers "
                + keyServers
                + " of "
                + pin.operator(),
            says));
  }

  private Link memory(MailDomain domain, Optional<RememberedPin> remembered) {
    if (remembered.isEmpty()) {
      return link(
          Kind.MEMORY,
          domain,
          "nothing is remembered: this is the first sight",
          Map.of("remembered", false));
    }
    RememberedPin pin = remembered.get();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("remembered", true);
    facts.put("root", pin.root().base64Url());
    facts.put("gen", pin.gen());
    facts.put("remembered_until", pin.rememberedUntil().toString());
    facts.put("first_seen", pin.firstSight().at().toString());
    facts.put("first_seen_by", pin.firstSight().by().wire());
    return link(
        Kind.MEMORY,
        domain,
        "root "
            + pin.root()
            + ", gen "
            + pin.gen()
            + ", first seen "
            + pin.firstSight().at()
            + " by "
            + pin.firstSight().by().wire()
            + ", followed until "
            + pin.rememberedUntil(),
        facts);
  }

  private Link keyServer(ResolutionStep.KeyServerAnswered answered) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("host", answered.keyServer().host().value());
    facts.put("port", answered.keyServer().port());
    facts.put("address", answered.address().getAddress().getHostAddress());
    facts.put("path", answered.what());
    return link(
        Kind.KEY_SERVER,
        answered.domain(),
        answered.keyServer()
            + " at "
            + answered.address().getAddress().getHostAddress()
            + " proved itself over TLS and answered "
            + answered.what(),
        facts);
  }

  private List<Link> domain(DomainView view) {
    MailDomain domain = view.verified().domain();
    DomainRecord record = view.record();
    X509Certificate root = view.verified().rootCertificate();
    Map<String, Object> rootFacts = certificate(root);
    rootFacts.put("key", CertificateDigests.spki(root).base64Url());
    rootFacts.put("statement_gen", view.verified().statement().gen());
    rootFacts.put(
        "statement_until", view.verified().statement().expires().orElseThrow().toString());
    rootFacts.put("management", word(record.management()));
    X509Certificate signer = view.verified().signingCertificate();
    List<String> operators = record.operators().stream().map(o -> o.domain().value()).toList();
    Map<String, Object> said =
        signed(record, view.verified().goodUntil(), view.verified().digest());
    said.put("operators", operators);
    return List.of(
        link(
            Kind.ROOT,
            domain,
            "the pinned root, until "
                + rootFacts.get("until")
                + "; its newest statement is gen "
                + view.verified().statement().gen()
                + ", kept by the "
                + word(record.management()),
            rootFacts),
        link(
            Kind.SIGNING_CERTIFICATE,
            domain,
            "chains to the root by a CA of the statement, until "
                + signer.getNotAfter().toInstant(),
            certificate(signer)),
        link(
            Kind.DOMAIN,
            domain,
            "record gen "
                + record.gen()
                + " seq "
                + record.seq()
                + ", operators "
                + operators
                + ", issued "
                + record.issuedAt()
                + ", good until "
                + view.verified().goodUntil(),
            said));
  }

  /** What every signed record says of itself. */
  private static Map<String, Object> signed(
      SuccessiveRecord record, Instant goodUntil, Digest digest) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("gen", record.gen());
    facts.put("seq", record.seq());
    facts.put("issued", record.issuedAt().toString());
    facts.put("good_until", goodUntil.toString());
    facts.put("digest", digest.base64Url());
    return facts;
  }

  private static Map<String, Object> certificate(X509Certificate certificate) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("certificate", CertificateDigests.certificate(certificate).base64Url());
    facts.put("from", certificate.getNotBefore().toInstant().toString());
    facts.put("until", certificate.getNotAfter().toInstant().toString());
    return facts;
  }

  private List<Link> address(AddressView view) {
    AddressRecord record = view.record();
    Map<String, Object> facts = new LinkedHashMap<>(content(record.content()));
    facts.putAll(signed(record, view.verified().goodUntil(), view.verified().digest()));
    Link address =
        link(
            Kind.ADDRESS,
            record.address(),
            words(record.content())
                + "; record gen "
                + record.gen()
                + " seq "
                + record.seq()
                + ", issued "
                + record.issuedAt()
                + ", good until "
                + view.verified().goodUntil(),
            facts);
    return view.certificate()
        .map(certificate -> List.of(address, key(record, certificate)))
        .orElseGet(() -> List.of(address));
  }

  private static Map<String, Object> content(AddressRecord.Content content) {
    return switch (content) {
      case AddressRecord.Mailbox mailbox ->
          Map.of(
              "content", "mailbox", "operator", mailbox.operator().value(), "pool", mailbox.pool());
      case AddressRecord.Alias alias ->
          Map.of("content", "alias", "target", alias.target().toString());
      case AddressRecord.Unknown unknown -> Map.of("content", "unknown");
      case AddressRecord.Revoked revoked ->
          Map.of("content", "revoked", "revoked_from", revoked.from().toString());
    };
  }

  private static String words(AddressRecord.Content content) {
    return switch (content) {
      case AddressRecord.Mailbox mailbox ->
          "a mailbox at " + mailbox.operator() + ", pool " + mailbox.pool();
      case AddressRecord.Alias alias -> "an alias of " + alias.target();
      case AddressRecord.Unknown unknown -> "there is no such address";
      case AddressRecord.Revoked revoked -> "revoked at " + revoked.from();
    };
  }

  private Link key(AddressRecord record, UserCertificate certificate) {
    List<String> signing =
        certificate.signingSubkeys(at).stream().map(subkey -> subkey.fingerprint().hex()).toList();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("primary_key", certificate.fingerprint().hex());
    encryptionKey(certificate).ifPresent(key -> facts.put("encryption_key", key));
    facts.put("signing_keys", signing);
    facts.put("statements", record.statements().size());
    return link(
        Kind.KEY,
        record.address(),
        "primary key "
            + certificate.fingerprint().hex()
            + ", encryption key "
            + encryptionKey(certificate).orElse("none that is current")
            + ", "
            + signing.size()
            + " signing keys, "
            + record.statements().size()
            + " signed statements",
        facts);
  }

  private Optional<String> encryptionKey(UserCertificate certificate) {
    try {
      return Optional.of(certificate.currentEncryptionKey(at).fingerprint().hex());
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  private Link servers(ServersView view) {
    Map<String, Object> facts =
        signed(view.record(), view.verified().goodUntil(), view.verified().digest());
    return link(
        Kind.SERVERS,
        view.record().operator(),
        "servers gen "
            + view.record().gen()
            + " seq "
            + view.record().seq()
            + ", good until "
            + view.verified().goodUntil(),
        facts);
  }

  private Link pointer(Resolution.FollowedPointer pointer) {
    ConsentRecord consent = pointer.consent().record();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("target", consent.target().toString());
    facts.put("consent_serial", consent.serial());
    facts.put("consent_issued", consent.issuedAt().toString());
    facts.put("consent_good_until", pointer.consent().goodUntil().toString());
    return link(
        Kind.POINTER,
        pointer.alias().record().address(),
        "points at "
            + consent.target()
            + ", who has consented by signature; the consent is good until "
            + pointer.consent().goodUntil(),
        facts);
  }
}
