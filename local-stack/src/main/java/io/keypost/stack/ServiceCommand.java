package io.keypost.stack;

import io.keypost.stack.servers.JavaExecutable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a service's jar is started on a small machine: ten of them share two cores and less than 3
 * GiB.
 */
final class ServiceCommand {

  private static final List<String> JVM_FLAGS =
      List.of(
          // A young generation of this size is collected some ten times in a start, not forty-five.
          "-Xms72m",
          "-Xmn44m",
          "-Xmx160m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          // Half the start time and less memory; a server that carries load is started without it.
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=48m",
          "--enable-native-access=ALL-UNNAMED",
          // Netty and Guava in the versions that Quarkus brings; else each log begins with a
          // warning.
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+ExitOnOutOfMemoryError");

  private ServiceCommand() {}

  /** How this start treats the service's {@link StartCache}. */
  enum Start {
    /** Uses it where there is one. */
    USUAL(ServiceProcess.STOP_TIMEOUT),
    /** Makes it, from what this run does until it is ended in order. */
    RECORDED(Duration.ofSeconds(300));

    private final Duration stopTimeout;

    Start(Duration stopTimeout) {
      this.stopTimeout = stopTimeout;
    }

    /** Longer than a service may take to drain, and then to write its cache if it does. */
    Duration stopTimeout() {
      return stopTimeout;
    }
  }

  static List<String> of(Path project, ServiceName service, Path configFile, Start start)
      throws IOException {
    var jar = service.jarBelow(project);
    if (!Files.isRegularFile(jar)) {
      throw new IOException(service.word() + " is not built: no " + jar);
    }
    var command = new ArrayList<String>();
    command.add(JavaExecutable.path());
    command.addAll(JVM_FLAGS);
    command.addAll(cacheOptions(jar, start));
    command.add("-Dquarkus.config.locations=" + configFile);
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }

  /** How a JVM that runs this jar uses its {@link StartCache}, or makes it. */
  static List<String> cacheOptions(Path jar, Start start) {
    return switch (start) {
      case RECORDED -> List.of("-XX:AOTCacheOutput=" + StartCache.of(jar));
      case USUAL ->
          StartCache.fits(jar) ? List.of("-XX:AOTCache=" + StartCache.of(jar)) : List.of();
    };
  }
}
