package io.keypost.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.client.TrustChain.Kind;
import io.keypost.client.TrustChain.Link;
import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.stack.dns.ZoneSecurity;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A chain of trust, shown link by link over real zones and real TLS: whole, and broken in each. */
class WhoisTest extends TwoKeyServers {

  private TrustChain whois(Address address) {
    return new Whois(
            trace ->
                new DirectoryBuilder(vertx, settings(), clock)
                    .viaOwnProvider(
                        alpha.domain(), () -> CompletableFuture.completedFuture("token"))
                    .pins(memory)
                    .trace(trace)
                    .build(),
            clock)
        .of(address);
  }

  private static Link link(TrustChain chain, Kind kind, Object subject) {
    return chain.links().stream()
        .filter(link -> link.kind() == kind && link.subject().equals(subject.toString()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " of " + subject + " in " + chain));
  }

  @Test
  void showsEveryLinkFromDnsToTheKeyWithItsTimes() {
    TrustChain chain = whois(bob.address());

    assertThat(chain.broken()).isEmpty();
    assertThat(chain.links())
        .filteredOn(link -> link.subject().contains("beta.test"))
        .extracting(Link::kind)
        .containsExactly(
            Kind.DNS,
            Kind.PIN,
            Kind.MEMORY,
            Kind.ROOT,
            Kind.SIGNING_CERTIFICATE,
            Kind.DOMAIN,
            Kind.ADDRESS,
            Kind.KEY);
    assertThat(link(chain, Kind.DNS, "beta.test").facts()).containsEntry("dnssec", "secure");
    assertThat(link(chain, Kind.PIN, "beta.test").facts())
        .containsEntry("root", beta.rootDigest().base64Url())
        .containsEntry("gen", 1L);
    assertThat(link(chain, Kind.MEMORY, "beta.test").facts()).containsEntry("remembered", false);
    assertThat(link(chain, Kind.ROOT, "beta.test").facts())
        .containsEntry("certificate", CertificateDigests.certificate(beta.root()).base64Url());
    assertThat(link(chain, Kind.DOMAIN, "beta.test").facts())
        .containsEntry("issued", clock.instant().toString())
        .containsEntry("operators", List.of("beta.test"));
    assertThat(link(chain, Kind.KEY, bob.address()).facts())
        .containsEntry("primary_key", bob.certificate().fingerprint().hex());
    assertThat(link(chain, Kind.KEY_SERVER, "alpha.test").facts())
        .containsEntry("address", "127.0.0.1");
    assertThat(chain.links()).allMatch(link -> link.at().equals(clock.instant()));
    assertThat(betaServer.requests()).as("the own provider asks for its user").isEmpty();
  }

  @Test
  void showsWhatIsRememberedAndByWhatTheDomainWasFirstSeen() {
    whois(bob.address());

    assertThat(link(whois(bob.address()), Kind.MEMORY, "beta.test").facts())
        .containsEntry("remembered", true)
        .containsEntry("first_seen_by", "dnssec")
        .containsEntry("first_seen", clock.instant().toString());
  }

  @Test
  void showsAPointerWithTheConsentOfItsTarget() {
    alpha.alias("info", bob, beta);

    TrustChain chain = whois(alpha.address("info"));

    assertThat(link(chain, Kind.POINTER, alpha.address("info")).facts())
        .containsEntry("target", bob.address().toString())
        .containsEntry("consent_serial", 1L);
    assertThat(chain.resolution().orElseThrow().target().record().address())
        .isEqualTo(bob.address());
  }

  @Test
  void anAddressThatDoesNotExistIsALinkThatHolds() {
    TrustChain chain = whois(beta.address("nobody"));

    assertThat(chain.broken()).isEmpty();
    assertThat(link(chain, Kind.ADDRESS, beta.address("nobody")).facts())
        .containsEntry("content", "unknown");
  }

  @ParameterizedTest
  @CsvSource({"BOGUS, DNS_BOGUS", "EXPIRED, DNS_BOGUS"})
  void aLinkThatDnssecDoesNotVouchForIsTheOneThatFails(ZoneSecurity security, RefusalCode code) {
    zones.zone("beta.test", security);
    betaServer.publish(zones);

    TrustChain chain = whois(bob.address());

    assertBroken(chain, Kind.DNS, "beta.test", code);
    assertThat(link(chain, Kind.DOMAIN, "alpha.test").detail()).contains("alpha.test");
  }

  @Test
  void anInsecureFirstSightFailsAtItsConfirmationAndShowsTheStateOfDns() {
    zones.zone("beta.test", ZoneSecurity.UNSIGNED);
    betaServer.publish(zones);

    TrustChain chain = whois(bob.address());

    assertBroken(chain, Kind.CONFIRMATION, "beta.test", RefusalCode.FIRST_SIGHT_INSECURE);
    assertThat(link(chain, Kind.DNS, "beta.test").facts()).containsEntry("dnssec", "insecure");
  }

  @Test
  void aRootThatNobodyAnnouncedFailsAtTheMemory() {
    whois(bob.address());
    beta.replaceRoot();
    betaServer.publish(zones);

    TrustChain chain = whois(bob.address());

    assertBroken(chain, Kind.MEMORY, "beta.test", RefusalCode.CONTINUITY_BROKEN);
    assertThat(link(chain, Kind.PIN, "beta.test").facts())
        .containsEntry("root", beta.rootDigest().base64Url());
  }

  @Test
  void aRecordThatTheOwnProviderInventsFailsAtTheDomain() {
    TestDomain fake = new TestDomain("beta.test", clock, RANDOM);
    fake.user("bob");
    alphaServer.host(fake);

    assertBroken(whois(bob.address()), Kind.DOMAIN, "beta.test", RefusalCode.RECORD_UNTRUSTED);
  }

  @Test
  void aDomainThatTheOwnProviderCannotFindShowsWhatDnsSaysHere() {
    alphaServer.misbehave(
        request -> {
          boolean lookup = request.path().equals("/v1/lookups");
          if (lookup) {
            TestKeyServer.problem(request, 503, "directory_unavailable");
          }
          return lookup;
        });

    TrustChain chain = whois(bob.address());

    assertBroken(chain, Kind.KEY_SERVER, "beta.test", RefusalCode.DIRECTORY_UNAVAILABLE);
    assertThat(link(chain, Kind.DNS, "beta.test").facts()).containsEntry("dnssec", "secure");
  }

  @Test
  void aCircleOfAliasesFailsAtThePointer() {
    alpha.pointAt(alpha.address("a"), alpha.address("b"), "none");
    alpha.pointAt(alpha.address("b"), alpha.address("a"), "none");

    assertBroken(
        whois(alpha.address("a")), Kind.POINTER, alpha.address("a"), RefusalCode.ALIAS_LOOP);
  }

  private void assertBroken(TrustChain chain, Kind kind, Object subject, RefusalCode code) {
    TrustChain.BrokenLink broken = chain.broken().orElseThrow();
    assertThat(broken.reason().code()).as(broken.reason().getMessage()).isEqualTo(code);
    assertThat(broken.kind()).isEqualTo(kind);
    assertThat(broken.subject()).isEqualTo(subject.toString());
    assertThat(broken.at()).isEqualTo(clock.instant());
    assertThat(chain.resolution()).isEmpty();
    assertThat(chain.links()).as("the links that held are shown").isNotEmpty();
  }
}
