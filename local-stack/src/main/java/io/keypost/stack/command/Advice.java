package io.keypost.stack.command;

import io.keypost.stack.LocalStack;
import io.keypost.stack.ServiceName;
import io.keypost.stack.StackState;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** What to try once a stack runs. */
final class Advice {

  private Advice() {}

  static void afterUp(LocalStack stack, Path directory, Consumer<String> say) {
    for (var provider : stack.providers()) {
      say.accept("");
      say.accept(provider.operator());
      say.accept("  key server  " + provider.keyServerUri());
      say.accept("  management  " + provider.service(ServiceName.KEYSERVER).managementUri());
      say.accept("  ingress     " + provider.ingressUri());
      say.accept("  mailboxes   " + provider.mailboxUri());
      say.accept("  settings    " + provider.configFile());
    }
    say.accept("");
    say.accept(StackState.of(stack).servers());
    say.accept("");
    say.accept("A user, who writes to himself:");
    toTry(stack, directory).forEach(line -> say.accept("  " + line));
    say.accept("");
    say.accept(
        "./keypost status --dir %s shows the services, ./keypost down --dir %s ends them."
            .formatted(directory, directory));
  }

  /** Commands that make a user of the first provider, as they are typed. */
  static List<String> toTry(LocalStack stack, Path directory) {
    var provider = stack.providers().iterator().next();
    var settings = stack.clientSettings();
    var user = "me@" + provider.operator();
    return List.of(
        "export KEYPOST_HOME=%s KEYPOST_PASSPHRASE=%s"
            .formatted(directory.resolve("clients").resolve(user), "choose-one"),
        "./keypost operator code %s --management %s --admin-token-file %s"
            .formatted(
                user,
                provider.service(ServiceName.KEYSERVER).managementUri(),
                provider.adminTokenFile()),
        "./keypost enrol %s --code THE-CODE --dns %s --trust-anchor %s --allow-networks %s --allow-ports %s"
            .formatted(
                user,
                settings.dnsServers().orElseThrow(),
                settings.trustAnchorFile().orElseThrow(),
                settings.allowedNetworks().orElseThrow(),
                settings.allowedPorts().orElseThrow()),
        "printf 'From: %s\\r\\nSubject: hello\\r\\n\\r\\nHello.\\r\\n' | ./keypost send --to %s"
            .formatted(user, user),
        "./keypost fetch",
        "./keypost read");
  }
}
