package io.keypost.stack;

import io.keypost.stack.servers.JavaExecutable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a service's jar is started on a small machine: ten of them share two cores and less than 3
 * GiB.
 */
final class ServiceCommand {

  private static final List<String> JVM_FLAGS =
      List.of(
          "-Xms24m",
          "-Xmx160m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          // Half the start time and less memory; a server that carries load is started without it.
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=48m",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+ExitOnOutOfMemoryError");

  private ServiceCommand() {}

  static List<String> of(Path project, ServiceName service, Path configFile) throws IOException {
    var jar = service.jarBelow(project);
    if (!Files.isRegularFile(jar)) {
      throw new IOException(service.word() + " is not built: no " + jar);
    }
    var command = new ArrayList<String>();
    command.add(JavaExecutable.path());
    command.addAll(JVM_FLAGS);
    command.add("-Dquarkus.config.locations=" + configFile);
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }
}
