package io.keypost.directory.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The public CAs that the Java platform trusts, and those that are configured besides. */
public final class PlatformTrust {
  private PlatformTrust() {}

  /**
   * The platform's own trust manager, and one for {@code additional} CAs: a chain is good when
   * either takes it.
   */
  public static X509TrustManager with(List<X509Certificate> additional) {
    X509TrustManager platform = load();
    if (additional.isEmpty()) {
      return platform;
    }
    X509TrustManager more = of(store(additional));
    return new X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType)
          throws CertificateException {
        throw new CertificateException("public CAs say nothing of clients");
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType)
          throws CertificateException {
        try {
          platform.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
          more.checkServerTrusted(chain, authType);
        }
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return Stream.of(platform, more)
            .flatMap(manager -> Stream.of(manager.getAcceptedIssuers()))
            .toArray(X509Certificate[]::new);
      }
    };
  }

  private static KeyStore store(List<X509Certificate> certificates) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("additional-" + i, certificates.get(i));
      }
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("certificates go into a key store in memory", e);
    }
  }

  /** The platform's own trust manager, reading its store now. */
  public static X509TrustManager load() {
    @Nullable KeyStore platformsOwn = null;
    return of(platformsOwn);
  }

  private static X509TrustManager of(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
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
