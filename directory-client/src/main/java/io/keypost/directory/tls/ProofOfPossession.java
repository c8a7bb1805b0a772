package io.keypost.directory.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Takes every chain of bounded length, so that the handshake proves possession of the leaf's key
 * and nothing more. A connection that was made with it must be judged by {@link PeerTrust} (towards
 * servers) or against the peer's operator (towards clients) each time it is used: what is trusted
 * depends on the request, not on the connection.
 */
public final class ProofOfPossession extends X509ExtendedTrustManager {
  /** Certificates that a peer may show: leaf, operational CA, root, and one cross-signed. */
  public static final int MAX_CHAIN = 4;

  /** Has no state. */
  public ProofOfPossession() {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    requireBounded(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    requireBounded(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    requireBounded(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    requireBounded(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    requireBounded(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    requireBounded(chain);
  }

  /** None: a server that listed issuers would only make clients hide certificates from it. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private static void requireBounded(X509Certificate[] chain) throws CertificateException {
    if (chain.length > MAX_CHAIN) {
      throw new CertificateException("a chain of " + chain.length + " certificates");
    }
  }
}
