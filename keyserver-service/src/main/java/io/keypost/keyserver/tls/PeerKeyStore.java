package io.keypost.keyserver.tls;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.P256;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.runtime.KeyStoreProvider;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * Gives the public port its certificate. Before the first start is over there is none: until then
 * the port shows one that nobody issued, which no peer takes, so that the service runs and says
 * {@code unavailable} only to whoever does not look.
 */
@Singleton
@Identifier(PeerKeyStore.CONFIGURATION) public class PeerKeyStore implements KeyStoreProvider {
  /** Name of the TLS configuration of the public port. */
  public static final String CONFIGURATION = "peer";

  private static final String ALIAS = "server";
  private static final char[] IN_MEMORY = "in memory only".toCharArray();
  private static final MailDomain NOBODY = MailDomain.parse("nobody.invalid");

  private final Instance<TlsConfigurationRegistry> registry;
  private final Event<CertificateUpdatedEvent> updated;
  private final List<X509Certificate> nobodysChain;
  private final PrivateKey nobodysKey;
  private final AtomicReference<Optional<ServerIdentity>> shown =
      new AtomicReference<>(Optional.empty());

  @Inject
  PeerKeyStore(
      Instance<TlsConfigurationRegistry> registry,
      Event<CertificateUpdatedEvent> updated,
      InstantSource clock,
      SecureRandom random) {
    this.registry = registry;
    this.updated = updated;
    KeyPair keys = P256.generate(random);
    this.nobodysChain = List.of(CertificateIssuer.root(NOBODY, keys, clock.instant(), random));
    this.nobodysKey = keys.getPrivate();
  }

  /** What the public port shows now, once it shows one that the operator's CA issued. */
  public Optional<ServerIdentity> shown() {
    return shown.get();
  }

  /**
   * Shows {@code identity} from now on, to connections that begin after this returns.
   *
   * @return whether it is another than before
   */
  public synchronized boolean show(ServerIdentity identity) {
    if (shown.get().filter(known -> known.chain().equals(identity.chain())).isPresent()) {
      return false;
    }
    shown.set(Optional.of(identity));
    TlsConfiguration configuration = registry.get().get(CONFIGURATION).orElseThrow();
    if (!configuration.reload()) {
      throw new IllegalStateException("the public port did not take its new certificate");
    }
    updated.fire(new CertificateUpdatedEvent(CONFIGURATION, configuration));
    return true;
  }

  @Override
  public KeyStoreAndKeyCertOptions getKeyStore(Vertx vertx) {
    List<X509Certificate> chain = shown.get().map(ServerIdentity::chain).orElse(nobodysChain);
    PrivateKey key = shown.get().map(ServerIdentity::key).orElse(nobodysKey);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, IN_MEMORY);
      store.setKeyEntry(ALIAS, key, IN_MEMORY, chain.toArray(Certificate[]::new));
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, IN_MEMORY);
      return new KeyStoreAndKeyCertOptions(
          store, KeyCertOptions.wrap((X509KeyManager) managers.getKeyManagers()[0]));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a P-256 key goes into a key store in memory", e);
    }
  }
}
