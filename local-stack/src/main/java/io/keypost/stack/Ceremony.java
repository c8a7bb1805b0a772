package io.keypost.stack;

import io.keypost.client.operator.Administration;
import io.keypost.client.operator.DomainState.DnsRecord;
import io.keypost.client.operator.PoolMember;
import io.keypost.client.operator.ServerPurpose;
import io.keypost.client.provider.OpenDirectory;
import io.keypost.client.root.CaHandover;
import io.keypost.client.root.RootCeremony;
import io.keypost.client.server.ServerEnrolment;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.stack.dns.DnsZones;
import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.stack.servers.ServersState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A new provider's first start, as docs/operations.md describes it, by the client library's own
 * code: root, operational CA, root statement, DNS, then a certificate for each service. What has
 * been done in an earlier run is not done again; DNS always is, since the embedded server forgets
 * its records.
 */
final class Ceremony {

  private static final String POOL = "default";
  private static final int PRIORITY = 10;
  private static final int WEIGHT = 10;
  private static final int TTL_SECONDS = 30;

  /** By which an identity directory is known to be filled. */
  private static final String ENROLLED = "server.pem";

  private final Provider provider;
  private final Plan plan;
  private final ServersState servers;
  private final DnsZones zones;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Consumer<String> report;
  private final MailDomain operator;

  Ceremony(
      Provider provider,
      Plan plan,
      ServersState servers,
      DnsZones zones,
      InstantSource clock,
      SecureRandom random,
      Consumer<String> report) {
    this.provider = provider;
    this.plan = plan;
    this.servers = servers;
    this.zones = zones;
    this.clock = clock;
    this.random = random;
    this.report = report;
    this.operator = MailDomain.parse(provider.operator());
  }

  /** Root, operational CA and DNS: afterwards the key server answers for its domain. */
  void establish() throws IOException {
    try (var administration = provider.administration()) {
      var zoneFile = provider.layout().zoneFile();
      if (!Files.exists(zoneFile)) {
        Files.write(zoneFile, records(makeAuthority(administration)));
      }
      zones.zone(provider.operator(), ZoneSecurity.SIGNED);
      zones.put(Files.readAllLines(zoneFile));
      report.accept(
          provider.operator()
              + ": DNS names the root's digest and the key server, signed with DNSSEC");
    }
  }

  /** A certificate for each service that has none yet. */
  void enrolServices() throws IOException {
    try (var administration = provider.administration()) {
      enrolServices(administration);
    }
  }

  /**
   * From nothing to a key server that may sign: the root's secret key stays in its own directory.
   */
  private DnsRecord makeAuthority(Administration administration) {
    var root = new RootCeremony(provider.rootDirectory(), clock, random);
    root.create(operator, plan.passphrase());
    report.accept(
        provider.operator()
            + ": root certificate made; its secret key stays with the domain's owner");
    var request = Patience.with(() -> administration.init(operator));
    report.accept(
        provider.operator()
            + ": the key server made an operational authority and asks for its certificate");
    var authority = root.sign(request, plan.passphrase(), CaHandover.ONLY_THIS);
    report.accept(
        provider.operator() + ": the root signed that, and a statement that puts it in force");
    var state = Patience.with(() -> administration.authority(operator, authority));
    if (state.dns() == null) {
      throw new IllegalStateException("the key server has no pin to publish for " + operator);
    }
    return state.dns();
  }

  private List<String> records(DnsRecord pin) {
    var lines = new ArrayList<String>();
    for (var service : List.of(ServiceName.KEYSERVER, ServiceName.INGRESS, ServiceName.DELIVERY)) {
      lines.add("%s. %d IN A 127.0.0.1".formatted(provider.layout().host(service), TTL_SECONDS));
    }
    lines.add("%s. %d IN TXT \"%s\"".formatted(withoutDot(pin.name()), TTL_SECONDS, pin.txt()));
    return lines;
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private void enrolServices(Administration administration) throws IOException {
    try (var directory = new OpenDirectory(Clients.settingsFor(servers), clock)) {
      var enrolment = new ServerEnrolment(directory.client(), random);
      for (var service : ServiceName.values()) {
        if (service.enrols() && !isEnrolled(service)) {
          enrol(administration, enrolment, service);
          report.accept(
              provider.operator() + ": " + service.word() + " enrolled with a one-time code");
        }
      }
    }
  }

  private void enrol(Administration administration, ServerEnrolment enrolment, ServiceName service)
      throws IOException {
    var receipts = receiptKey(service);
    // A code is good for one try: each attempt asks for a new one.
    var made =
        Patience.with(
            () ->
                enrolment.enrol(
                    operator,
                    administration.serverCode(
                        service.word(), hosts(service), purpose(service), pool(service)),
                    provider.identityDirectory(service),
                    receipts));
    if (!made.operator().equals(operator)) {
      throw new IOException(service.word() + " was enrolled for " + made.operator());
    }
  }

  private boolean isEnrolled(ServiceName service) {
    return Files.exists(provider.identityDirectory(service).resolve(ENROLLED));
  }

  private List<MailDomain> hosts(ServiceName service) {
    return switch (service) {
      case KEYSERVER, INGRESS, DELIVERY ->
          List.of(MailDomain.parse(provider.layout().host(service)));
      // They only connect out: the name is theirs, though nobody looks it up.
      case VERIFIER, ROUTER ->
          List.of(MailDomain.parse(service.word() + "." + provider.operator()));
    };
  }

  private static ServerPurpose purpose(ServiceName service) {
    return service == ServiceName.DELIVERY
        ? ServerPurpose.SERVER_AND_RECEIPTS
        : ServerPurpose.SERVER;
  }

  private Optional<PoolMember> pool(ServiceName service) {
    return service == ServiceName.INGRESS
        ? Optional.of(
            new PoolMember(
                POOL,
                MailDomain.parse(provider.layout().host(service)),
                plan.port(provider.operator(), service),
                PRIORITY,
                WEIGHT))
        : Optional.empty();
  }

  private Optional<KeyEncryptionKey> receiptKey(ServiceName service) throws IOException {
    Path file = provider.layout().keyEncryptionKey();
    return service == ServiceName.DELIVERY
        ? Optional.of(KeyEncryptionKey.parseBase64(Files.readString(file)))
        : Optional.empty();
  }
}
