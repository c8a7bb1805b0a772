package io.keypost.testsupport;

import io.keypost.stack.servers.ServersControl;
import io.keypost.stack.servers.ServersOptions;
import io.keypost.stack.servers.ServersOptions.Data;
import io.keypost.stack.servers.ServersOptions.Durability;
import io.keypost.stack.servers.ServersOptions.Extent;
import io.keypost.stack.servers.ServersOptions.Lifetime;
import io.keypost.stack.servers.ServersOptions.Ports;
import io.keypost.stack.servers.ServersProcess;
import io.keypost.stack.servers.ServersState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Finds the servers that run for this build, or starts them; a lock file makes one of several
 * callers the starter.
 */
final class ServersAttachment {

  private static final Duration IDLE = Duration.ofMinutes(10);

  /** Set by {@code ./keypost test}: the servers end when that process has. */
  private static final String OWNER_VARIABLE = "KEYPOST_TEST_OWNER";

  private ServersAttachment() {}

  static ServersState embedded() throws IOException {
    return attach("test-servers", Extent.ALL);
  }

  static ServersState dnsOnly() throws IOException {
    return attach("test-dns", Extent.DNS_ONLY);
  }

  private static ServersState attach(String name, Extent extent) throws IOException {
    var project = projectRoot();
    var configured = System.getProperty("keypost.test.servers");
    var directory =
        (configured == null ? project.resolve("target") : Path.of(configured).toAbsolutePath())
            .resolve(name);
    Files.createDirectories(directory);
    try (var channel =
            FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IOException("no lock on " + directory);
      }
      var running = ServersState.read(directory);
      if (running.isPresent() && answers(running.get())) {
        return running.get();
      }
      var options =
          new ServersOptions(
              directory,
              new Lifetime.WhileUsed(IDLE, owner()),
              Durability.PROCESS_CRASH,
              Data.THROW_AWAY,
              Ports.FREE,
              extent);
      return ServersProcess.start(ServersProcess.homeBelow(project), options).state();
    }
  }

  private static boolean answers(ServersState state) {
    try (var control = new ServersControl(state)) {
      return control.keep();
    }
  }

  private static OptionalLong owner() {
    var pid = System.getenv(OWNER_VARIABLE);
    return pid == null || pid.isBlank()
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(pid.strip()));
  }

  /** Surefire says where the root is; an IDE starts tests somewhere below it. */
  private static Path projectRoot() throws IOException {
    var said = System.getProperty("keypost.root");
    if (said != null) {
      return Path.of(said);
    }
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("local-stack").resolve("servers"))) {
        return at;
      }
    }
    throw new IOException("not below Keypost's root: set -Dkeypost.root");
  }
}
