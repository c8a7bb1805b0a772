package io.keypost.stack;

import io.keypost.client.KeypostClient;
import io.keypost.client.home.ClientSettings;
import io.keypost.client.operator.Administration;
import io.keypost.events.command.TopicsCommand;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.stack.dns.DnsZones;
import io.keypost.stack.servers.Guardian;
import io.keypost.stack.servers.ServersControl;
import io.keypost.stack.servers.ServersOptions;
import io.keypost.stack.servers.ServersProcess;
import io.keypost.stack.servers.ServersState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Embedded servers and the services of one or more providers, all running, enrolled and ready.
 * Every process ends with {@link #close}, and also when this process dies in any other way.
 *
 * <p>The first start in a directory performs the whole ceremony of a new provider; later ones find
 * roots, identities, users and mail as they were.
 */
public final class LocalStack implements AutoCloseable {

  /** From start to live; generous for ten JVMs that start at once on two busy cores. */
  private static final Duration LIVE_TIMEOUT = Duration.ofSeconds(180);

  private static final Duration READY_TIMEOUT = Duration.ofSeconds(180);

  private static final Duration ENDING_NOTICED = Duration.ofMillis(500);

  private final Path directory;
  private final Consumer<String> report;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();
  private final ServiceCommand.Start serviceStart;
  private final Plan plan;
  private final Guardian guardian;
  private final ServersProcess servers;
  private final ServersControl control;
  private final LogWatch logs;
  private final Map<String, Provider> providers = new LinkedHashMap<>();
  private final Clients clients;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Thread endOfThisProcess =
      Thread.ofPlatform().name("end-of-stack").unstarted(this::endAtOnce);

  private LocalStack(
      Builder builder, Path directory, Plan plan, Guardian guardian, ServersProcess servers) {
    this.directory = directory;
    this.report = builder.report;
    this.serviceStart = builder.serviceStart;
    this.plan = plan;
    this.guardian = guardian;
    this.servers = servers;
    this.control = new ServersControl(servers.state());
    this.logs = new LogWatch(report);
    this.clients = new Clients(directory.resolve("clients"), plan, servers.state(), clock, random);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What to start. */
  public static final class Builder {
    private @Nullable Path directory;
    private @Nullable Path project;
    private List<String> providers = List.of("alpha.test", "beta.test");
    private OptionalInt firstPort = OptionalInt.empty();
    private Consumer<String> report = line -> {};
    private ServersOptions.Durability durability = ServersOptions.Durability.PROCESS_CRASH;

    private ServiceCommand.Start serviceStart = ServiceCommand.Start.USUAL;

    private Builder() {}

    /**
     * Everything is written below it; one that an earlier stack used brings that stack up again.
     * Required.
     */
    public Builder directory(Path value) {
      directory = value.toAbsolutePath();
      return this;
    }

    /** Operator domains, each below a top-level domain; by default alpha.test and beta.test. */
    public Builder providers(String... values) {
      providers = List.of(values);
      return this;
    }

    /**
     * The first of the ports that Kafka, PostgreSQL, DNS and the services use, all in a row: three,
     * and eight for each provider. By default any that are free. A directory keeps its ports.
     */
    public Builder firstPort(OptionalInt value) {
      firstPort = value;
      return this;
    }

    /** Told what happens, one line at a time, from several threads. */
    public Builder report(Consumer<String> value) {
      report = value;
      return this;
    }

    /** What committed data survives; by default the death of processes, not a loss of power. */
    public Builder durability(ServersOptions.Durability value) {
      durability = value;
      return this;
    }

    /**
     * Makes, when this stack is closed, what lets later ones start faster: one provider only, or
     * two services would write one file.
     */
    public Builder recordStarts() {
      serviceStart = ServiceCommand.Start.RECORDED;
      return this;
    }

    /** The project's folder with everything built; by default what {@code -Dkeypost.root} says. */
    public Builder project(Path value) {
      project = value;
      return this;
    }

    private Path project() {
      var chosen = project == null ? System.getProperty("keypost.root") : project.toString();
      if (chosen == null) {
        throw new IllegalStateException("where is the project? Set -Dkeypost.root");
      }
      return Path.of(chosen).toAbsolutePath();
    }

    /**
     * Starts everything and returns when every service is ready.
     *
     * @throws IOException if a part does not start; whatever had started is ended
     */
    public LocalStack start() throws IOException {
      var chosen = Objects.requireNonNull(directory, "directory");
      Files.createDirectories(chosen);
      var plan = Plan.loadOrMake(chosen, providers, firstPort, new SecureRandom());
      report.accept("starting Kafka, PostgreSQL and a DNS server that signs its zones");
      var stack = new LocalStack(this, chosen, plan, Guardian.start(), startServers(chosen, plan));
      Runtime.getRuntime().addShutdownHook(stack.endOfThisProcess);
      try {
        stack.bringUp(project(), providers);
        return stack;
      } catch (IOException | RuntimeException e) {
        stack.close();
        throw e;
      }
    }

    private ServersProcess startServers(Path chosen, Plan plan) throws IOException {
      var home = ServersProcess.homeBelow(project());
      return ServersProcess.start(
          home,
          new ServersOptions(
              chosen.resolve("servers"),
              new ServersOptions.Lifetime.OfStarter(),
              durability,
              ServersOptions.Data.KEEP,
              plan.serverPorts(),
              ServersOptions.Extent.ALL),
          ServersProcess.jarIn(home)
              .map(jar -> ServiceCommand.cacheOptions(jar, serviceStart))
              .orElse(List.of()));
    }
  }

  private void bringUp(Path project, List<String> operators) throws IOException {
    for (var operator : operators) {
      providers.put(
          operator, prepare(project, new ProviderLayout(operator, directory.resolve(operator))));
    }
    report.accept("starting the key servers of " + String.join(" and ", operators));
    for (var provider : providers.values()) {
      start(provider.service(ServiceName.KEYSERVER));
    }
    var work = new Parallel();
    for (var provider : providers.values()) {
      work.start(provider.operator() + " topics", () -> applyTopics(provider));
    }
    work.await();
    for (var provider : providers.values()) {
      provider.service(ServiceName.KEYSERVER).awaitLive(LIVE_TIMEOUT);
    }
    // They start while the roots are made, and wait for their identities.
    report.accept("starting ingress, verifier, router and delivery of each");
    for (var provider : providers.values()) {
      for (var service : provider.services()) {
        if (service.name() != ServiceName.KEYSERVER) {
          start(service);
        }
      }
    }
    for (var provider : providers.values()) {
      work.start(
          provider.operator() + " first start",
          () -> {
            var ceremony = ceremony(provider);
            ceremony.establish();
            ceremony.enrolServices();
          });
    }
    work.await();
    for (var provider : providers.values()) {
      for (var service : provider.services()) {
        service.awaitReady(READY_TIMEOUT);
      }
    }
    report.accept("all " + services().size() + " services are ready");
  }

  private static void applyTopics(Provider provider) throws IOException {
    var said = new ByteArrayOutputStream();
    var to = new PrintStream(said, true, StandardCharsets.UTF_8);
    int status =
        new TopicsCommand(to, to).run("apply", "--config", provider.configFile().toString());
    if (status != 0) {
      throw new IOException("the topics were not made: " + said.toString(StandardCharsets.UTF_8));
    }
  }

  private Ceremony ceremony(Provider provider) {
    return new Ceremony(provider, plan, servers.state(), control, clock, random, report);
  }

  private Provider prepare(Path project, ProviderLayout layout) throws IOException {
    var state = servers.state();
    try {
      for (var owner : List.of(ServiceName.KEYSERVER, ServiceName.DELIVERY)) {
        Databases.make(state, layout.database(plan, state, owner));
      }
    } catch (SQLException e) {
      throw new IOException("cannot make the databases of " + layout.operator(), e);
    }
    ProviderFile.write(layout, plan, state, random);
    var services = new EnumMap<ServiceName, ServiceProcess>(ServiceName.class);
    for (var name : ServiceName.values()) {
      services.put(
          name,
          new ServiceProcess(
              layout.operator(),
              name,
              ServiceCommand.of(project, name, layout.configFile(), serviceStart),
              layout.logFile(name),
              URI.create("http://127.0.0.1:" + plan.managementPort(layout.operator(), name)),
              guardian,
              this::reportUnexpectedEnd));
    }
    return new Provider(layout, plan, state, services);
  }

  private void start(ServiceProcess service) throws IOException {
    logs.follow(service.toString(), service.logFile());
    service.start();
  }

  private void reportUnexpectedEnd(ServiceProcess service, int status) {
    // Ctrl-C reaches all processes of a terminal, the services before this one: that is no failure.
    CompletableFuture.delayedExecutor(ENDING_NOTICED.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (!closing.get()) {
                report.accept(
                    service + ": ended with status " + status + ", see " + service.logFile());
              }
            });
  }

  /**
   * @param operator its domain
   * @throws IllegalArgumentException if this stack has no such provider
   */
  public Provider provider(String operator) {
    var provider = providers.get(operator);
    if (provider == null) {
      throw new IllegalArgumentException("no provider " + operator);
    }
    return provider;
  }

  public Collection<Provider> providers() {
    return List.copyOf(providers.values());
  }

  /** Every service of every provider. */
  public List<ServiceProcess> services() {
    var all = new ArrayList<ServiceProcess>();
    providers.values().forEach(provider -> all.addAll(provider.services()));
    return all;
  }

  /**
   * Makes a user: asks the operator for a one-time code, makes keys and a client home, enrols.
   *
   * @param address in a domain of one of the providers
   */
  public KeypostClient enrol(String address) {
    var parsed = Address.parse(address);
    return clients.enrol(parsed, provider(parsed.domain().value()));
  }

  /**
   * Makes a further device of a user who was enrolled here, with the recovery code that was kept.
   *
   * @return the caller closes it
   */
  public KeypostClient addDevice(String address, String name) {
    return clients.addDevice(Address.parse(address), name);
  }

  /** The recovery code of a user who was enrolled here. */
  public RecoveryCode recoveryCode(String address) {
    return clients.recoveryCode(Address.parse(address));
  }

  /**
   * Makes several users at once: most of it is the derivation of keys from passphrases.
   *
   * @return their clients, in the order of {@code addresses}
   * @throws IOException if one of them cannot enrol, with its refusal as cause
   */
  public List<KeypostClient> enrol(List<String> addresses) throws IOException {
    var made = new ConcurrentHashMap<String, KeypostClient>();
    var work = new Parallel();
    for (var address : addresses) {
      work.start(address, () -> made.put(address, enrol(address)));
    }
    work.await();
    return addresses.stream().map(made::get).toList();
  }

  /** The client of a user that {@link #enrol} made, in this run or an earlier one. */
  public KeypostClient client(String address) {
    return clients.open(Address.parse(address));
  }

  /** How whoever is not one of its services finds this stack's domains. */
  public ClientSettings clientSettings() {
    return Clients.settingsFor(servers.state());
  }

  /** Under which the local roots' and users' keys are kept. */
  public char[] passphrase() {
    return plan.passphrase();
  }

  /** What an operator does at his key server's management port; the caller closes it. */
  public Administration administration(String operator) {
    return provider(operator).administration();
  }

  /** Where a user's keys, contacts and fetched mail are. */
  public Path clientHome(String address) {
    return clients.home(Address.parse(address)).directory();
  }

  /** The zones that the services and clients see. */
  public DnsZones dns() {
    return control;
  }

  /** Where Kafka, PostgreSQL and DNS are. */
  public ServersState servers() {
    return servers.state();
  }

  /** The process that holds Kafka, PostgreSQL and DNS. */
  public ServersProcess serversProcess() {
    return servers;
  }

  public Path directory() {
    return directory;
  }

  /** Ends every process: services first, all at once and in order, then the servers. */
  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(endOfThisProcess);
    } catch (IllegalStateException e) {
      // This process ends already, and the hook finds nothing left to do.
      return;
    }
  }

  /** When this process is interrupted nobody waits for what services would still write. */
  private void endAtOnce() {
    if (serviceStart == ServiceCommand.Start.RECORDED) {
      services().forEach(ServiceProcess::kill);
    }
    end();
  }

  private synchronized void end() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    clients.close();
    // What a service says while it ends stands in its log, and worries nobody here.
    logs.close();
    var ending =
        services().stream().map(ServiceProcess::askToStop).filter(Objects::nonNull).toList();
    ending.forEach(process -> ServiceProcess.awaitStopped(process, serviceStart.stopTimeout()));
    control.close();
    try {
      servers.close(serviceStart.stopTimeout());
    } catch (IOException e) {
      report.accept("the servers did not end in order: " + e.getMessage());
    }
    try {
      guardian.close();
    } catch (IOException e) {
      report.accept("the guard did not end in order: " + e.getMessage());
    }
  }
}
