package io.keypost.keyserver.desk;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.PinnedKeyServers;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.InstantSource;

/** The pins that domains hosted here are to show, in DNS and over HTTPS. */
@Singleton
public class PublishedPins {
  private final Transactions transactions;
  private final Operator operator;
  private final PinnedKeyServers keyServers;
  private final InstantSource clock;

  @Inject
  PublishedPins(
      Transactions transactions, Operator operator, KeyServerConfig config, InstantSource clock) {
    this.transactions = transactions;
    this.operator = operator;
    this.keyServers = PinnedKeyServers.of(config);
    this.clock = clock;
  }

  /**
   * The pin of a domain.
   *
   * @throws RefusedException {@code not_found} when it is not hosted here, {@code unavailable}
   *     before its authority was uploaded
   */
  public Pin of(MailDomain domain) {
    DomainRow row = transactions.reading(() -> DomainRow.named(domain.value()));
    if (row == null) {
      throw Records.notHosted(domain);
    }
    byte[] root = row.rootCertificate;
    String statement = row.rootStatement;
    if (root == null || statement == null) {
      throw DomainKeys.notReady();
    }
    return of(domain, CertificateCodec.decode(Bytes.copyOf(root)), statement);
  }

  /** The pin that goes with a root and its newest statement. */
  public Pin of(MailDomain domain, X509Certificate root, String statement) {
    RootStatement said =
        RecordVerifier.verifyStatement(
                statement, root, CertificateDigests.spki(root), domain, clock.instant())
            .record();
    return new Pin(
        domain,
        said.gen(),
        CertificateDigests.spki(root),
        keyServers.names(),
        operator.domain(),
        said.max());
  }
}
