package io.keypost.delivery.tls;

import io.keypost.directory.identity.IdentityOptions;
import io.keypost.frame.IdentityHolder;
import io.quarkus.tls.runtime.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.runtime.KeyStoreProvider;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/**
 * Gives the public port whatever certificate the identity directory holds when a handshake begins:
 * before the service is enrolled handshakes fail, and a renewed certificate is shown without a
 * restart.
 */
@Singleton
@Identifier(PublicKeyStore.CONFIGURATION) class PublicKeyStore implements KeyStoreProvider {
  /** Name of the TLS configuration of the public port. */
  static final String CONFIGURATION = "public";

  // Looked up at the first handshake: this bean is made before there is a Vert.x to hold it.
  private final Instance<IdentityHolder> identity;

  PublicKeyStore(Instance<IdentityHolder> identity) {
    this.identity = identity;
  }

  @Override
  public KeyStoreAndKeyCertOptions getKeyStore(Vertx vertx) {
    try {
      // The registry wants a store; nobody asks it for keys.
      KeyStore empty = KeyStore.getInstance("PKCS12");
      empty.load(null, null);
      return new KeyStoreAndKeyCertOptions(empty, new IdentityOptions(() -> identity.get().get()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("an empty key store can be made", e);
    }
  }
}
