package io.keypost.directory.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The public CAs that the Java platform trusts. */
public final class PlatformTrust {
  private PlatformTrust() {}

  /** The platform's own trust manager, reading its store now. */
  public static X509TrustManager load() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore platformsOwn = null;
      factory.init(platformsOwn);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform's trust store cannot be read", e);
    }
    throw new IllegalStateException("the platform has no X.509 trust manager");
  }
}
