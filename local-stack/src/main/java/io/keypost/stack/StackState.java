package io.keypost.stack;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What {@code up} and {@code demo --keep} leave for {@code status} and {@code down}: the process
 * that holds the stack, its services and servers. Written when all are ready, deleted when they
 * have ended.
 *
 * @param supervisor process id
 * @param started when that process began, by which it is told from a later one with its id; {@link
 *     Instant#EPOCH} where the system does not say
 * @param providers operator domains
 * @param servers where Kafka, PostgreSQL and DNS answer, in words
 */
public record StackState(
    long supervisor,
    Instant started,
    List<String> providers,
    List<Service> services,
    String servers) {

  /** Its name in the stack's directory. */
  public static final String FILE_NAME = "stack.properties";

  /**
   * One service as it was started.
   *
   * @param label provider and service
   * @param address what its users connect to; empty for one that only connects out
   */
  public record Service(String label, long pid, Optional<URI> address, URI management, Path log) {}

  /** Copies the lists. */
  public StackState {
    providers = List.copyOf(providers);
    services = List.copyOf(services);
  }

  /** The state of a stack that this process holds. */
  public static StackState of(LocalStack stack) {
    var self = ProcessHandle.current();
    return new StackState(
        self.pid(),
        beginning(self),
        stack.providers().stream().map(Provider::operator).toList(),
        stack.providers().stream()
            .flatMap(provider -> provider.services().stream().map(s -> service(provider, s)))
            .toList(),
        servers(stack));
  }

  private static String servers(LocalStack stack) {
    return "Kafka %s, PostgreSQL 127.0.0.1:%d, DNS %s"
        .formatted(
            stack.servers().kafkaBootstrap(),
            stack.servers().postgresPort(),
            stack.clientSettings().dnsServers().orElseThrow());
  }

  private static Service service(Provider provider, ServiceProcess service) {
    return new Service(
        service.toString(),
        service.pid(),
        provider.address(service.name()),
        service.managementUri(),
        service.logFile());
  }

  private static Instant beginning(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  /** The process that holds the stack; empty if it has ended. */
  public Optional<ProcessHandle> process() {
    return ProcessHandle.of(supervisor).filter(found -> beginning(found).equals(started));
  }

  /** Whether the process that holds the stack is there. */
  public boolean isRunning() {
    return process().isPresent();
  }

  /** Takes back what {@link #write} wrote. */
  public static void forget(Path directory) {
    try {
      Files.deleteIfExists(directory.resolve(FILE_NAME));
    } catch (IOException e) {
      System.err.println("the state file stays: " + e.getMessage());
    }
  }

  /** Writes it for other processes. */
  public void write(Path directory) throws IOException {
    var values = new Properties();
    values.setProperty("supervisor", Long.toString(supervisor));
    values.setProperty("started", started.toString());
    values.setProperty("providers", String.join(",", providers));
    values.setProperty("servers", servers);
    values.setProperty("services", Integer.toString(services.size()));
    for (int i = 0; i < services.size(); i++) {
      var service = services.get(i);
      values.setProperty(i + ".label", service.label());
      values.setProperty(i + ".pid", Long.toString(service.pid()));
      values.setProperty(i + ".address", service.address().map(URI::toString).orElse(""));
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

  /**
   * What the file in a directory says; empty if there is none.
   *
   * @throws IOException if it cannot be read or is not such a file
   */
  public static Optional<StackState> read(Path directory) throws IOException {
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
              Optional.of(value(values, i + ".address"))
                  .filter(address -> !address.isEmpty())
                  .map(URI::create),
              URI.create(value(values, i + ".management")),
              Path.of(value(values, i + ".log"))));
    }
    return Optional.of(
        new StackState(
            Long.parseLong(value(values, "supervisor")),
            Instant.parse(value(values, "started")),
            List.of(value(values, "providers").split(",", -1)),
            services,
            value(values, "servers")));
  }

  private static String value(Properties values, String key) throws IOException {
    var value = values.getProperty(key);
    if (value == null) {
      throw new IOException("the stack's state file has no " + key);
    }
    return value;
  }
}
