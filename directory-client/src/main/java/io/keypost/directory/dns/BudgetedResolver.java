package io.keypost.directory.dns;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TSIG;

/**
 * The resolver below the validating one, for one look-up: counts its queries and refuses messages
 * that are too large, so that no zone, however it is built, makes a look-up expensive (T14).
 * Settings of the shared resolver behind it cannot be changed through it.
 */
final class BudgetedResolver implements Resolver {
  private final Resolver shared;
  private final AtomicInteger queriesLeft;

  BudgetedResolver(Resolver shared, int queries) {
    this.shared = shared;
    this.queriesLeft = new AtomicInteger(queries);
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query, Executor executor) {
    if (queriesLeft.getAndDecrement() <= 0) {
      return CompletableFuture.failedFuture(
          new IOException("a look-up that needs more queries than it may have"));
    }
    return shared
        .sendAsync(query, executor)
        .thenCompose(
            answer ->
                answer.numBytes() > DnsSettings.MAX_MESSAGE_OCTETS
                    ? CompletableFuture.failedFuture(
                        new IOException("a DNS message of " + answer.numBytes() + " octets"))
                    : CompletableFuture.completedFuture(answer));
  }

  @Override
  public Duration getTimeout() {
    return shared.getTimeout();
  }

  @Override
  public void setPort(int port) {}

  @Override
  public void setTCP(boolean flag) {}

  @Override
  public void setIgnoreTruncation(boolean flag) {}

  /** The validating resolver asks for signatures here; the shared one always does. */
  @Override
  public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

  @Override
  public void setTSIGKey(TSIG key) {}

  @Override
  public void setTimeout(Duration timeout) {}
}
