package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.TrustChain;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "whois",
    mixinStandardHelpOptions = true,
    description =
        "Shows an address's chain of trust link by link, from DNS on, and the reason when a link"
            + " fails.")
final class WhoisCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  @Parameters(paramLabel = "ADDRESS", description = "Whose.")
  private String address = "";

  @Option(names = "--json", description = "For programs: see docs/client.md.")
  private boolean json;

  WhoisCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Address asked = Address.parse(address);
    try (KeypostClient client = options.open(environment)) {
      TrustChain chain = client.whois(asked);
      if (json) {
        environment.say(TrustChainView.json(chain));
      } else {
        TrustChainView.lines(chain).forEach(environment::say);
      }
      if (chain.failure().isPresent()) {
        throw ended(chain, chain.failure().get());
      }
      return KeypostCommand.DONE;
    }
  }

  /** The reason stands in the chain's last line: what is said of it here is where that is. */
  static RefusedException ended(TrustChain chain, RefusedException reason) {
    String detail =
        "the chain of trust of "
            + chain.asked().shown()
            + " breaks at the link "
            + chain.broken().orElseThrow().kind().word();
    return reason.refusal() instanceof Refusal.RetryAfter later
        ? RefusedException.retryAfter(later.code(), later.after(), detail)
        : RefusedException.of(reason.code(), detail, reason);
  }
}
