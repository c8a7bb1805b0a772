package io.keypost.stack.demo;

import io.keypost.client.mime.MessageFile;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.Directories;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./keypost demo}: exit status 0 only if everything that was claimed is true. */
@Command(
    name = "demo",
    description = "Real mail between two providers, with every check shown.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

  /** Where a demo keeps everything if nothing else is said. */
  public static final Path DEFAULT_DIRECTORY = Path.of(".local", "demo");

  /** What the services accept at most, before sealing. */
  private static final long MAX_MESSAGE_OCTETS = 64L << 20;

  @Option(
      names = "--message",
      paramLabel = "FILE.eml",
      description =
          "an RFC 5322 message to send; one with a picture and names in several scripts by default")
  private @Nullable Path message;

  @Option(
      names = "--keep",
      description = "leave everything running until Ctrl-C, and print commands to try")
  private boolean keep;

  @Option(
      names = "--first-port",
      paramLabel = "PORT",
      description = "all 19 ports are this one and those after it (default: any that are free)")
  private @Nullable Integer firstPort;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "where everything is kept meanwhile; emptied first (${DEFAULT-VALUE})")
  private Path directory = DEFAULT_DIRECTORY;

  @Override
  public Integer call() throws Exception {
    var root = directory.toAbsolutePath().normalize();
    Files.createDirectories(root.getParent());
    try (var channel =
            FileChannel.open(
                root.resolveSibling(root.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var lock = channel.tryLock()) {
      if (lock == null) {
        throw new IOException(
            "a demo runs already in " + root + ": end it first, or choose another --dir");
      }
      return play(root);
    }
  }

  private int play(Path root) throws Exception {
    if (message != null) {
      requireMessage(message);
    }
    empty(root);
    Files.createDirectories(root);
    var letter = letter(root);
    var ports = firstPort == null ? OptionalInt.empty() : OptionalInt.of(firstPort);
    var clock = InstantSource.system();
    var narrator = new Narrator(System.out, clock);
    var interrupted = Thread.ofPlatform().unstarted(narrator::interrupt);
    Runtime.getRuntime().addShutdownHook(interrupted);
    try (var demo = new Demo(narrator, root, letter, ports, clock, new SecureRandom())) {
      int status = demo.play();
      if (keep) {
        demo.stayForOthers();
        new CountDownLatch(1).await();
      }
      forget(interrupted);
      return status;
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs already: this process was interrupted in its last step.
    }
  }

  /** Before anything is started: a message that cannot be sent is told at once. */
  static void requireMessage(Path message) throws IOException {
    if (!Files.isRegularFile(message) || !Files.isReadable(message)) {
      throw new IOException("cannot read " + message);
    }
    if (Files.size(message) > MAX_MESSAGE_OCTETS) {
      throw new IOException(message + " is larger than " + (MAX_MESSAGE_OCTETS >> 20) + " MiB");
    }
    try {
      MessageFile.requireMessage(message);
    } catch (RefusedException e) {
      throw new IOException(e.refusal().detail(), e);
    }
  }

  /** The message, copied to where it stays as long as the demo. */
  private Path letter(Path root) throws IOException {
    var letter = root.resolve("letter.eml");
    if (message == null) {
      try (InputStream in = DemoCommand.class.getResourceAsStream("letter.eml")) {
        if (in == null) {
          throw new IOException("the demo's own message is missing");
        }
        Files.copy(in, letter);
      }
      return letter;
    }
    return Files.copy(message, letter);
  }

  /** Only what an earlier demo made: another directory is left alone. */
  private static void empty(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (var entries = Files.list(root)) {
      if (entries.findAny().isPresent() && !Files.exists(root.resolve("letter.eml"))) {
        throw new IOException(root + " holds something that is no demo: choose another --dir");
      }
    }
    Directories.delete(root);
  }
}
