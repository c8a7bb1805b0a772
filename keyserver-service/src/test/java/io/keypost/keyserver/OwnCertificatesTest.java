package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.init;
import static io.keypost.keyserver.OperatorApi.install;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.keyserver.desk.OwnCertificates;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateRequest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The certificates that the key server makes for itself, of many domains: one's fault is its own.
 */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class OwnCertificatesTest extends ReadyKeyServer {
  private static final Duration YEARS = Duration.ofDays(600);

  @Inject OwnCertificates certificates;
  @Inject Transactions transactions;

  @Test
  void aDomainWhoseCaRanOutKeepsNoOtherFromBeingRenewed() {
    String suffix = UUID.randomUUID().toString().substring(0, 8) + ".test";
    String late = "aaa-" + suffix;
    String good = "zzz-" + suffix;
    X509Certificate ended = hosted(late);
    hosted(good);
    change(
        late,
        Use.OPERATIONAL_CA,
        key -> {
          key.certificate = CertificateCodec.encode(ended).toByteArray();
          key.notAfter = ended.getNotAfter().toInstant();
        });
    change(late, Use.SIGNING, key -> key.notAfter = Instant.now());
    change(good, Use.SIGNING, key -> key.notAfter = Instant.now());
    assertThat(transactions.reading(DomainRow::names)).containsSubsequence(late, good);

    certificates.renewAll();

    Instant now = Instant.now();
    assertThat(key(good, Use.SIGNING).notAfter).isAfter(now.plus(Duration.ofDays(60)));
    assertThat(key(late, Use.SIGNING).notAfter).as("nothing signs it anew").isBefore(now);
  }

  /**
   * A domain that is hosted here.
   *
   * @return what its CA's certificate would be, had its owner made it long ago
   */
  private static X509Certificate hosted(String name) {
    OfflineRoot root = new OfflineRoot(MailDomain.parse(name), Instant.now().minus(YEARS));
    CertificateRequest request = init(name);
    X509Certificate ca = root.certify(request);
    install(name, root.certificate(), ca, root.state(1, ca)).then().statusCode(200);
    return root.certify(request, Instant.now().minus(YEARS));
  }

  private interface Change {
    void to(AuthorityKeyRow key);
  }

  private void change(String domain, Use use, Change change) {
    transactions.inTransaction(
        () ->
            AuthorityKeyRow.inForce(domain)
                .invoke(keys -> keys.stream().filter(key -> key.use == use).forEach(change::to))
                .replaceWithVoid());
  }

  private AuthorityKeyRow key(String domain, Use use) {
    return transactions.reading(() -> AuthorityKeyRow.inForce(domain)).stream()
        .filter(key -> key.use == use)
        .findFirst()
        .orElseThrow();
  }
}
