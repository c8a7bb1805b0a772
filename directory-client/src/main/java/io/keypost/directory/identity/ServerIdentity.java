package io.keypost.directory.identity;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.certificate.ServerNames;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service's server certificate and its key. Immutable; a renewed certificate is another identity.
 */
public final class ServerIdentity {
  /** The secret key, PKCS#8 in PEM, mode 0600. */
  public static final String KEY_FILE = "server.key";

  /** The certificate and its operational CA, PEM. */
  public static final String CHAIN_FILE = "server.pem";

  /** The operator's root certificate, PEM. */
  public static final String ROOT_FILE = "root.pem";

  /** The operator's domain name. */
  public static final String OPERATOR_FILE = "operator";

  private final MailDomain operator;
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  /**
   * Takes a chain and its key.
   *
   * @param chain leaf, operational CA and root: the root as well, because a peer that knows no more
   *     than the pin's digest of it must be able to follow the chain to its end
   * @throws IllegalArgumentException when key and leaf do not belong together, or the chain is not
   *     one of a server of {@code operator}
   */
  public ServerIdentity(MailDomain operator, List<X509Certificate> chain, PrivateKey key) {
    if (chain.size() != 3) {
      throw new IllegalArgumentException(
          "a server's chain is leaf, operational CA and root, not " + chain.size());
    }
    if (!operatorOf(chain.getFirst()).equals(operator)) {
      throw new IllegalArgumentException("the server certificate is not one of " + operator);
    }
    if (!P256.matches(key, chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException("the server key is not that of the certificate");
    }
    this.operator = operator;
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /**
   * Reads an identity directory; empty as long as it is not complete, because the service starts
   * before somebody enrols it.
   *
   * @throws IllegalArgumentException when the files contradict each other or cannot be parsed
   * @throws UncheckedIOException when they are there and cannot be read
   */
  public static Optional<ServerIdentity> load(Path directory) {
    try {
      Path files = IdentityDirectory.inForce(directory);
      MailDomain operator =
          MailDomain.parse(Files.readString(files.resolve(OPERATOR_FILE)).strip());
      List<X509Certificate> chain =
          new ArrayList<>(
              CertificateCodec.chainFromPem(Files.readString(files.resolve(CHAIN_FILE))));
      X509Certificate root = CertificateCodec.fromPem(Files.readString(files.resolve(ROOT_FILE)));
      if (!chain.getLast().equals(root)) {
        chain.add(root);
      }
      PrivateKey key = P256.privateFromPem(Files.readString(files.resolve(KEY_FILE)));
      return Optional.of(new ServerIdentity(operator, chain, key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("identity directory " + directory, e);
    } catch (RefusedException e) {
      throw new IllegalArgumentException(
          "identity directory " + directory + ": " + e.refusal().detail(), e);
    }
  }

  private static MailDomain operatorOf(X509Certificate leaf) {
    try {
      return ServerNames.operatorOf(leaf);
    } catch (RefusedException e) {
      throw new IllegalArgumentException("not a server certificate", e);
    }
  }

  /** The files of an identity directory that say this. */
  public Map<String, Bytes> files() {
    int root = chain.size() - 1;
    return Map.of(
        OPERATOR_FILE, Bytes.utf8(operator.value() + "\n"),
        ROOT_FILE, Bytes.utf8(CertificateCodec.toPem(chain.get(root))),
        KEY_FILE, Bytes.utf8(P256.toPem(key)),
        CHAIN_FILE, Bytes.utf8(CertificateCodec.toPem(chain.subList(0, root))));
  }

  /** Whose server this is. */
  public MailDomain operator() {
    return operator;
  }

  /** Leaf, operational CA, root. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The leaf's secret key. */
  public PrivateKey key() {
    return key;
  }

  /** When the leaf's life ends. */
  public Instant expires() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /** Operator and digest of the leaf; never the key. */
  @Override
  public String toString() {
    return "ServerIdentity["
        + operator
        + ", "
        + CertificateDigests.certificate(chain.getFirst())
        + "]";
  }
}
