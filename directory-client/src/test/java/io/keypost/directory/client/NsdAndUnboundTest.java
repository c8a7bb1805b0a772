package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DomainView;
import io.keypost.directory.dns.DnsSecurity;
import io.keypost.directory.dns.DnsSettings;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.stack.dns.ZoneSecurity;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * The same signed zones served by NSD, resolved and validated by Unbound: what other people's name
 * servers do with a pin. Runs where both are installed (Debian: {@code apt-get install nsd
 * unbound}), and says so where they are not.
 */
class NsdAndUnboundTest extends OverRealZones {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final List<Process> processes = new ArrayList<>();
  private InetSocketAddress nsd;
  private InetSocketAddress unbound;

  @BeforeEach
  void bothAreInstalled() {
    Optional<Path> server = program("nsd");
    Optional<Path> resolver = program("unbound");
    if (server.isEmpty() || resolver.isEmpty()) {
      System.err.println("SKIPPED: NSD or Unbound is not installed, so that neither is tried");
    }
    assumeTrue(server.isPresent() && resolver.isPresent(), "NSD or Unbound is not installed");
  }

  private static Optional<Path> program(String name) {
    return Stream.concat(
            Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void serve() throws Exception {
    nsd = freeAddress();
    unbound = freeAddress();
    StringBuilder configuration =
        new StringBuilder(
            """
            server:
              ip-address: 127.0.0.1@%d
              server-count: 1
              username: ""
              chroot: ""
              zonesdir: "%s"
              database: ""
              pidfile: "%s"
              xfrdfile: "%s"
              zonelistfile: "%s"
            remote-control:
              control-enable: no
            """
                .formatted(
                    nsd.getPort(),
                    directory,
                    directory.resolve("nsd.pid"),
                    directory.resolve("xfrd.state"),
                    directory.resolve("zone.list")));
    int number = 0;
    for (Map.Entry<String, List<String>> zone : zones.masterFiles().entrySet()) {
      Path file = Files.write(directory.resolve("zone-" + number++), zone.getValue());
      configuration
          .append("zone:\n  name: \"")
          .append(zone.getKey())
          .append("\"\n  zonefile: \"")
          .append(file)
          .append("\"\n");
    }
    Path nsdFile = Files.writeString(directory.resolve("nsd.conf"), configuration);
    Path unboundFile =
        Files.writeString(
            directory.resolve("unbound.conf"),
            """
            server:
              interface: 127.0.0.1
              port: %d
              do-daemonize: no
              use-syslog: no
              username: ""
              chroot: ""
              directory: "%s"
              pidfile: "%s"
              do-not-query-localhost: no
              local-zone: "test." nodefault
              module-config: "validator iterator"
              trust-anchor: "%s"
            remote-control:
              control-enable: no
            stub-zone:
              name: "."
              stub-addr: 127.0.0.1@%d
            """
                .formatted(
                    unbound.getPort(),
                    directory,
                    directory.resolve("unbound.pid"),
                    zones.trustAnchor().strip().replace('\t', ' '),
                    nsd.getPort()));
    start("nsd", "-d", "-c", nsdFile.toString());
    start("unbound", "-d", "-c", unboundFile.toString());
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> ask(unbound, "_keypost.alpha.test.").getRcode() == Rcode.NOERROR);
  }

  private void start(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program(name).orElseThrow().toString());
    command.addAll(List.of(arguments));
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start());
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : processes) {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static InetSocketAddress freeAddress() throws IOException {
    try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DatagramSocket udp =
            new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), udp.getLocalPort());
    }
  }

  private static Message ask(InetSocketAddress server, String name) throws IOException {
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setTimeout(Duration.ofSeconds(5));
    resolver.setEDNS(0, 1232, ExtendedFlags.DO, List.of());
    return resolver.send(
        Message.newQuery(Record.newRecord(Name.fromString(name), Type.TXT, DClass.IN)));
  }

  private DirectoryClient throughUnbound() {
    return closing(
        builder(
                DirectorySettings.of(
                    DnsSettings.of(List.of(unbound), zones.trustAnchor(), Duration.ofSeconds(5)),
                    local()))
            .build());
  }

  @Test
  void aPinThatNsdServesIsSecureToUnboundAndToTheDirectoryBehindIt() throws Exception {
    serve();

    Message answer = ask(unbound, "_keypost.beta.test.");
    assertThat(answer.getHeader().getFlag(Flags.AD)).as("Unbound has validated it").isTrue();
    DomainView view = await(throughUnbound().domain(beta.domain()));
    assertThat(view.security()).isEqualTo(DnsSecurity.SECURE);
    assertThat(view.pin().root()).isEqualTo(beta.rootDigest());
    assertThat(ask(unbound, "_keypost.nowhere.test.").getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void anUnsignedZoneIsInsecureToBoth() throws Exception {
    zones.zone("beta.test", ZoneSecurity.UNSIGNED);
    betaServer.publish(zones);
    serve();

    Message answer = ask(unbound, "_keypost.beta.test.");
    assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answer.getHeader().getFlag(Flags.AD)).isFalse();
    assertRefused(
        RefusalCode.FIRST_SIGHT_INSECURE, () -> await(throughUnbound().domain(beta.domain())));
  }

  @Test
  void aBogusZoneIsRefusedByBoth() throws Exception {
    zones.zone("beta.test", ZoneSecurity.BOGUS);
    betaServer.publish(zones);
    serve();

    assertThat(ask(unbound, "_keypost.beta.test.").getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertRefused(RefusalCode.DNS_BOGUS, () -> await(throughUnbound().domain(beta.domain())));
  }
}
