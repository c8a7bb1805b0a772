package io.keypost.directory.identity;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.KeyProtection;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificate and key that sign an operator's receipts; beside the {@link ServerIdentity} of
 * the service that asked for it.
 */
public final class ReceiptIdentity {
  /** The secret key, wrapped with the provider's key-encryption key, PEM. */
  public static final String KEY_FILE = "receipt.key";

  /** The certificate and its operational CA, PEM. */
  public static final String CHAIN_FILE = "receipt.pem";

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  /**
   * Takes a chain, leaf first, and its key.
   *
   * @throws IllegalArgumentException when they do not belong together
   */
  public ReceiptIdentity(List<X509Certificate> chain, PrivateKey key) {
    if (chain.isEmpty() || !P256.matches(key, chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException("the receipt key is not that of the certificate");
    }
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /**
   * Reads an identity directory; empty as long as nobody has enrolled the service for receipts.
   *
   * @throws IllegalArgumentException when the files contradict each other, or the key is wrapped
   *     with another key-encryption key
   * @throws UncheckedIOException when they are there and cannot be read
   */
  public static Optional<ReceiptIdentity> load(Path directory, KeyEncryptionKey kek) {
    try {
      Path files = IdentityDirectory.inForce(directory);
      List<X509Certificate> chain =
          CertificateCodec.chainFromPem(Files.readString(files.resolve(CHAIN_FILE)));
      PrivateKey key = KeyProtection.unwrapFromPem(Files.readString(files.resolve(KEY_FILE)), kek);
      return Optional.of(new ReceiptIdentity(chain, key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("identity directory " + directory, e);
    } catch (RefusedException e) {
      throw new IllegalArgumentException(
          "identity directory " + directory + ": " + e.refusal().detail(), e);
    }
  }

  /** The files of an identity directory that say this, the key wrapped with {@code kek}. */
  public Map<String, Bytes> files(KeyEncryptionKey kek, SecureRandom random) {
    return Map.of(
        KEY_FILE, Bytes.utf8(KeyProtection.wrapToPem(key, kek, random)),
        CHAIN_FILE, Bytes.utf8(CertificateCodec.toPem(chain)));
  }

  /** Leaf first, then the operational CA. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The leaf's secret key. */
  public PrivateKey key() {
    return key;
  }
}
