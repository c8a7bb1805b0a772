package io.keypost.keyserver.desk;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.DomainRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.keyserver.tls.PeerKeyStore;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Brings the key server's certificate from the database to the public port: after the first start's
 * ceremony, after a restart, and after any instance renewed it.
 */
@Singleton
public class Credential {
  private static final Logger LOG = Logger.getLogger(Credential.class);

  private final Transactions transactions;
  private final KeyVault vault;
  private final Operator operator;
  private final PeerKeyStore port;

  @Inject
  Credential(
      Transactions transactions,
      KeyVault vault,
      Operator operator,
      @Identifier(PeerKeyStore.CONFIGURATION) PeerKeyStore port) {
    this.transactions = transactions;
    this.vault = vault;
    this.operator = operator;
    this.port = port;
  }

  /** Shows the certificate that is in force, if there is one and it is not shown yet. */
  public void refresh() {
    transactions
        .reading(
            () ->
                DomainRow.named(operator.domain().value())
                    .chain(
                        row ->
                            row == null
                                ? Uni.createFrom().item(Optional.<ServerIdentity>empty())
                                : AuthorityKeyRow.inForce(row.name)
                                    .map(keys -> identity(row, keys))))
        .filter(port::show)
        .ifPresent(shown -> LOG.infof("the public port shows %s", shown));
  }

  private Optional<ServerIdentity> identity(DomainRow row, List<AuthorityKeyRow> rows) {
    DomainKeys keys = new DomainKeys(rows, vault);
    byte[] root = row.rootCertificate;
    if (root == null || keys.row(Use.SERVER).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServerIdentity(
            operator.domain(),
            List.of(
                keys.certificate(Use.SERVER),
                keys.certificate(Use.OPERATIONAL_CA),
                CertificateCodec.decode(Bytes.copyOf(root))),
            keys.open(Use.SERVER).getPrivate()));
  }
}
