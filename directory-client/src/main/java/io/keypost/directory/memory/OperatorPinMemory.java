package io.keypost.directory.memory;

import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A service's memory of pins, its own operator's apart (KP-PIN-23): the key server that remembers
 * all others is only found by the operator's own pin. That one needs no first sight: the operator's
 * root came with the service's certificate, over the one-time code.
 *
 * <pre>
 *   own operator   what {@code own} remembers, else the root that the service was enrolled under
 *   any other      {@code others}
 * </pre>
 */
public final class OperatorPinMemory implements PinMemory {
  private final MailDomain operator;
  private final Supplier<Optional<ServerIdentity>> identity;
  private final PinMemory own;
  private final PinMemory others;

  /**
   * Puts it together.
   *
   * @param identity of this service, with the operator's root; empty before it is enrolled, and
   *     then the own operator is seen for the first time as any other
   * @param own remembers the own operator without asking anybody for it
   * @param others remembers the others
   */
  public OperatorPinMemory(
      MailDomain operator,
      Supplier<Optional<ServerIdentity>> identity,
      PinMemory own,
      PinMemory others) {
    this.operator = operator;
    this.identity = identity;
    this.own = own;
    this.others = others;
  }

  @Override
  public CompletionStage<Optional<RememberedPin>> recall(MailDomain domain) {
    return domain.equals(operator)
        ? own.recall(domain).thenApply(found -> found.or(this::enrolled))
        : others.recall(domain);
  }

  @Override
  public CompletionStage<Boolean> replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    if (!domain.equals(operator)) {
      return others.replace(domain, expected, replacement);
    }
    return own.recall(domain)
        .thenCompose(
            found ->
                own.replace(
                    domain,
                    found.isEmpty() && expected.equals(enrolled()) ? Optional.empty() : expected,
                    replacement));
  }

  private Optional<RememberedPin> enrolled() {
    return identity
        .get()
        .filter(shown -> shown.operator().equals(operator))
        .map(
            shown ->
                new RememberedPin(
                    CertificateDigests.spki(shown.chain().getLast()),
                    0,
                    shown.chain().getLast().getNotAfter().toInstant(),
                    new FirstSight(
                        shown.chain().getFirst().getNotBefore().toInstant(),
                        FirstSight.By.ENROLMENT)));
  }
}
