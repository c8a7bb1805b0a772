package io.keypost.keyserver.pin;

import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.address.MailDomain;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/** The memory as the key server's own directory uses it: the database, without a detour. */
@Singleton
public class DatabasePinMemory implements PinMemory {
  private final PinLedger ledger;
  private final ExecutorService workers;

  @Inject
  DatabasePinMemory(PinLedger ledger, @VirtualThreads ExecutorService workers) {
    this.ledger = ledger;
    this.workers = workers;
  }

  @Override
  public CompletionStage<Optional<RememberedPin>> recall(MailDomain domain) {
    return CompletableFuture.supplyAsync(() -> ledger.recall(domain), workers);
  }

  @Override
  public CompletionStage<Boolean> replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    return CompletableFuture.supplyAsync(
        () -> ledger.replace(domain, expected, replacement), workers);
  }
}
