package io.keypost.stack.command;

import io.keypost.stack.LocalStack;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What {@code up} leaves for {@code status} and {@code down}: the supervisor and its services.
 * Written when all are ready, deleted when they have ended.
 *
 * @param supervisor process id
 */
record StackState(long supervisor, List<Service> services) {

  static final String FILE_NAME = "stack.properties";

  /**
   * One service as it was started.
   *
   * @param label provider and service
   */
  record Service(String label, long pid, URI management, Path log) {}

  StackState {
    services = List.copyOf(services);
  }

  static StackState of(LocalStack stack) {
    return new StackState(
        ProcessHandle.current().pid(),
        stack.services().stream()
            .map(
                service ->
                    new Service(
                        service.toString(),
                        service.pid(),
                        service.managementUri(),
                        service.logFile()))
            .toList());
  }

  boolean isRunning() {
    return ProcessHandle.of(supervisor).isPresent();
  }

  void write(Path directory) throws IOException {
    var values = new Properties();
    values.setProperty("supervisor", Long.toString(supervisor));
    values.setProperty("services", Integer.toString(services.size()));
    for (int i = 0; i < services.size(); i++) {
      var service = services.get(i);
      values.setProperty(i + ".label", service.label());
      values.setProperty(i + ".pid", Long.toString(service.pid()));
      values.setProperty(i + ".management", service.management().toString());
      values.setProperty(i + ".log", service.log().toString());
    }
    var text = new StringWriter();
    values.store(text, "the running local stack");
    var fresh = Files.writeString(directory.resolve(FILE_NAME + ".new"), text.toString());
    Files.move(
        fresh,
        directory.resolve(FILE_NAME),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  static Optional<StackState> read(Path directory) throws IOException {
    var file = directory.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var values = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      values.load(in);
    }
    var services = new ArrayList<Service>();
    for (int i = 0; i < Integer.parseInt(value(values, "services")); i++) {
      services.add(
          new Service(
              value(values, i + ".label"),
              Long.parseLong(value(values, i + ".pid")),
              URI.create(value(values, i + ".management")),
              Path.of(value(values, i + ".log"))));
    }
    return Optional.of(new StackState(Long.parseLong(value(values, "supervisor")), services));
  }

  private static String value(Properties values, String key) throws IOException {
    var value = values.getProperty(key);
    if (value == null) {
      throw new IOException("the stack's state file has no " + key);
    }
    return value;
  }
}
