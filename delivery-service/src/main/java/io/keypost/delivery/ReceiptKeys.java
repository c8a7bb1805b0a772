package io.keypost.delivery;

import io.keypost.delivery.custody.ReceiptChain;
import io.keypost.delivery.custody.ReceiptFactory;
import io.keypost.delivery.custody.ReceiptSigning;
import io.keypost.delivery.work.Stopping;
import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.record.RecordSigner;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The receipt key as it stands in the identity directory now: absent until the service is enrolled,
 * another one after a renewal. The key is wrapped by the provider's key-encryption key.
 */
@ApplicationScoped
class ReceiptKeys implements ReceiptSigning {
  /** How often the directory is looked at. */
  static final Duration PERIOD = Duration.ofSeconds(1);

  private static final Logger LOG = Logger.getLogger(ReceiptKeys.class);

  private record Signing(ReceiptChain chain, ReceiptFactory factory) {}

  private final MailDomain operator;
  private final Path directory;
  private final Path keyEncryptionKeyFile;
  private final SecureRandom random;
  private final Stopping stopping;
  private final AtomicReference<Optional<Signing>> current =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<String> lastProblem = new AtomicReference<>("");

  ReceiptKeys(
      MailDomain operator,
      DeliveryConfig config,
      @ConfigProperty(name = "keypost.key-encryption-key-file") Path keyEncryptionKeyFile,
      SecureRandom random,
      Stopping stopping) {
    this.operator = operator;
    this.directory = config.identityDirectory();
    this.keyEncryptionKeyFile = keyEncryptionKeyFile;
    this.random = random;
    this.stopping = stopping;
  }

  void begin(@Observes StartupEvent start) {
    look();
    Thread.ofVirtual()
        .name("delivery-receipt-keys")
        .start(
            () -> {
              while (stopping.pause(PERIOD)) {
                look();
              }
            });
  }

  @Override
  public ReceiptFactory require() {
    return current.get().map(Signing::factory).orElseThrow(NotEnrolledException::new);
  }

  @Override
  public boolean isEnrolled() {
    return current.get().isPresent();
  }

  /** Reads the directory; one that cannot be read leaves the key as it was. */
  private void look() {
    try {
      KeyEncryptionKey kek = KeyEncryptionKey.parseBase64(Files.readString(keyEncryptionKeyFile));
      ReceiptIdentity.load(directory, kek).ifPresent(this::take);
      lastProblem.set("");
    } catch (IOException e) {
      report(new UncheckedIOException("key-encryption key", e));
    } catch (RuntimeException e) {
      report(e);
    }
  }

  private void take(ReceiptIdentity found) {
    ReceiptChain chain =
        new ReceiptChain(found.chain().stream().map(CertificateCodec::encode).toList());
    if (current.get().map(Signing::chain).equals(Optional.of(chain))) {
      return;
    }
    RecordSigner signer = new RecordSigner(found.key(), found.chain().getFirst(), random);
    current.set(Optional.of(new Signing(chain, new ReceiptFactory(operator, signer, chain))));
    LOG.infof(
        "Receipts are signed with the certificate %s, until %s",
        chain.digest(), found.chain().getFirst().getNotAfter().toInstant());
  }

  private void report(RuntimeException e) {
    String problem = String.valueOf(e.getMessage());
    // Every second would be too often to say the same.
    if (!problem.equals(lastProblem.getAndSet(problem))) {
      LOG.warnf("The receipt key cannot be used: %s", problem);
    }
  }
}
