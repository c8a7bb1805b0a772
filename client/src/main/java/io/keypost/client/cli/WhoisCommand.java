package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.TrustChain;
import io.keypost.client.json.Json;
import io.keypost.directory.AddressView;
import io.keypost.directory.Resolution;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.UserCertificate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "whois",
    mixinStandardHelpOptions = true,
    description = "Shows an address's chain of trust link by link, from DNS on.")
final class WhoisCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  @Parameters(paramLabel = "ADDRESS", description = "Whose.")
  private String address = "";

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  WhoisCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    try (KeypostClient client = options.open(environment)) {
      TrustChain chain = client.whois(Address.parse(address));
      if (json) {
        environment.say(Json.write(asMap(chain)));
      } else {
        tell(chain);
      }
      if (chain.failure().isPresent()) {
        throw chain.failure().get();
      }
      return KeypostCommand.DONE;
    }
  }

  private void tell(TrustChain chain) {
    for (TrustChain.Link link : chain.links()) {
      environment.say("  ok  " + link.kind() + " " + link.subject() + ": " + link.detail());
    }
    chain
        .failure()
        .ifPresent(e -> environment.say("FAIL  " + e.code().wire() + ": " + e.refusal().detail()));
    chain.resolution().map(Resolution::target).ifPresent(this::tellTarget);
  }

  private void tellTarget(AddressView target) {
    environment.say("");
    environment.say(
        target.record().address()
            + "  "
            + target.record().content().getClass().getSimpleName().toLowerCase(Locale.ROOT));
    target.certificate().ifPresent(this::tellKeys);
  }

  private void tellKeys(UserCertificate certificate) {
    environment.say("primary key     " + certificate.fingerprint().hex());
    environment.say(
        "encryption key  "
            + certificate.currentEncryptionKey(environment.clock().instant()).fingerprint().hex());
  }

  private static Map<String, Object> asMap(TrustChain chain) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("asked", chain.asked().toString());
    map.put("links", chain.links());
    chain
        .resolution()
        .ifPresent(
            resolution -> {
              map.put("target", resolution.target().record().address().toString());
              resolution
                  .target()
                  .certificate()
                  .ifPresent(
                      certificate -> map.put("primary_key", certificate.fingerprint().hex()));
            });
    chain
        .failure()
        .ifPresent(
            e -> {
              map.put("code", e.code().wire());
              map.put("detail", e.refusal().detail());
            });
    return map;
  }
}
