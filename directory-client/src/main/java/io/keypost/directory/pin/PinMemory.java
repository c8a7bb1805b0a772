package io.keypost.directory.pin;

import io.keypost.protocol.address.MailDomain;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is remembered of domains' pins, shared by all who look up for one provider or one user.
 *
 * <p>Contract: {@link #replace} is atomic by domain; what it stored is what the next {@link
 * #recall} finds, for as long as the memory lasts; a root once remembered is not forgotten because
 * its time is over. Failures complete with {@code store_unavailable}: without memory nothing is
 * accepted.
 */
public interface PinMemory {
  /** What is remembered of {@code domain}. */
  CompletionStage<Optional<RememberedPin>> recall(MailDomain domain);

  /**
   * Remembers {@code replacement} if {@code expected} is still what is remembered.
   *
   * @return false when it is not: recall and decide anew
   */
  CompletionStage<Boolean> replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement);
}
