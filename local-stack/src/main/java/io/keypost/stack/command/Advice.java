package io.keypost.stack.command;

import io.keypost.stack.LocalStack;
import java.util.function.Consumer;

/** What to try once a stack runs. */
final class Advice {

  private Advice() {}

  static void afterUp(LocalStack stack, Consumer<String> say) {
    for (var provider : stack.providers()) {
      say.accept("");
      say.accept(provider.operator());
      say.accept("  key server  " + provider.keyServerUri());
      say.accept("  ingress     " + provider.ingressUri());
      say.accept("  mailboxes   " + provider.mailboxUri());
      say.accept("  settings    " + provider.configFile());
    }
    var servers = stack.servers();
    say.accept("");
    say.accept(
        "Kafka "
            + servers.kafkaBootstrap()
            + ", PostgreSQL 127.0.0.1:"
            + servers.postgresPort()
            + ", DNS "
            + servers.dns());
    say.accept("./keypost status shows the services, ./keypost down ends them.");
  }
}
