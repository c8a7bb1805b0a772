package io.keypost.directory.tls;

import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.util.function.Function;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * {@link ProofOfPossession} for Vert.x servers and clients, the same whatever name a peer is called
 * by: Vert.x's own wrapper would make one manager for each name.
 */
public final class ProofOfPossessionOptions implements TrustOptions {
  private final TrustOptions wrapped = TrustOptions.wrap(new ProofOfPossession());

  /** Has no state. */
  public ProofOfPossessionOptions() {}

  /** Has no state that could be changed. */
  @Override
  public TrustOptions copy() {
    return this;
  }

  @Override
  public TrustManagerFactory getTrustManagerFactory(Vertx vertx) throws Exception {
    return wrapped.getTrustManagerFactory(vertx);
  }

  @Override
  @SuppressWarnings("NullAway") // Null stands for "as for every other name".
  public Function<String, TrustManager[]> trustManagerMapper(Vertx vertx) {
    return name -> null;
  }
}
