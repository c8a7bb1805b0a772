package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.TrustChain;
import io.keypost.protocol.address.Address;
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
    try (KeypostClient client = options.open(environment)) {
      TrustChain chain = client.whois(Address.parse(address));
      if (json) {
        environment.say(TrustChainView.json(chain));
      } else {
        TrustChainView.lines(chain).forEach(environment::say);
      }
      if (chain.failure().isPresent()) {
        throw chain.failure().get();
      }
      return KeypostCommand.DONE;
    }
  }
}
