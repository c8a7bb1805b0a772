package io.keypost.directory.identity;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * An {@link IdentityKeyManager} for Vert.x servers and clients. One identity whatever name a peer
 * is called by: Vert.x's own wrapper would copy the key for the name.
 */
public final class IdentityOptions implements KeyCertOptions {
  private final KeyCertOptions wrapped;

  /** Asks {@code identity} in every handshake; it must not block. */
  public IdentityOptions(Supplier<Optional<ServerIdentity>> identity) {
    this.wrapped = KeyCertOptions.wrap(new IdentityKeyManager(identity));
  }

  /** Has no state of its own that could be changed. */
  @Override
  public KeyCertOptions copy() {
    return this;
  }

  @Override
  public KeyManagerFactory getKeyManagerFactory(Vertx vertx) throws Exception {
    return wrapped.getKeyManagerFactory(vertx);
  }

  @Override
  @SuppressWarnings({"deprecation", "NullAway"}) // Null stands for "as for every other name".
  public Function<String, X509KeyManager> keyManagerMapper(Vertx vertx) {
    return name -> null;
  }

  @Override
  @SuppressWarnings("NullAway") // As above.
  public Function<String, KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx) {
    return name -> null;
  }
}
