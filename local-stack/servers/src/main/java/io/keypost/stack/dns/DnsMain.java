package io.keypost.stack.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DNS server alone, for a container: serves what stands in files.
 *
 * <pre>
 *   DIRECTORY/zones/alpha.test.zone   records of the signed zone alpha.test, one a line, names absolute; read again when changed
 *   DIRECTORY/keys/                   the zones' keys, made at first use
 *   DIRECTORY/trust-anchor.ds         written at start: the root's DS record
 * </pre>
 */
public final class DnsMain {

  private static final Logger LOG = LoggerFactory.getLogger(DnsMain.class);
  private static final String SUFFIX = ".zone";
  private static final Duration READ_EVERY = Duration.ofSeconds(1);
  private static final int MAX_ZONE_FILE_OCTETS = 1 << 20;

  private final Path directory;
  private final SignedZones zones;
  private final Map<Path, List<String>> served = new HashMap<>();

  private DnsMain(Path directory, SignedZones zones) {
    this.directory = directory;
    this.zones = zones;
  }

  /** Arguments: address, port, directory. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 3) {
      System.err.println("usage: ADDRESS PORT DIRECTORY");
      System.exit(2);
    }
    var directory = Path.of(arguments[2]);
    Files.createDirectories(directory.resolve("zones"));
    var zones =
        SignedZones.open(directory.resolve("keys"), InstantSource.system(), new SecureRandom());
    var main = new DnsMain(directory, zones);
    main.readChanged();
    var end = new CountDownLatch(1);
    try (var server =
        DnsServer.start(
            zones, InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1]))) {
      Files.writeString(directory.resolve("trust-anchor.ds"), zones.trustAnchor());
      LOG.info("serving on {}", server.address());
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(end::countDown));
      while (!end.await(READ_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        main.readChanged();
      }
    }
  }

  private void readChanged() throws IOException {
    try (var files = Files.list(directory.resolve("zones"))) {
      for (var file : files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList()) {
        readIfChanged(file);
      }
    }
  }

  private void readIfChanged(Path file) throws IOException {
    if (Files.size(file) > MAX_ZONE_FILE_OCTETS) {
      LOG.error("{} is larger than {} octets and is not served", file, MAX_ZONE_FILE_OCTETS);
      return;
    }
    var lines =
        Files.readAllLines(file).stream()
            .filter(line -> !line.isBlank() && !line.startsWith(";"))
            .toList();
    if (lines.equals(served.put(file, lines))) {
      return;
    }
    var name = file.getFileName().toString();
    try {
      zones.zone(name.substring(0, name.length() - SUFFIX.length()), ZoneSecurity.SIGNED);
      zones.put(lines);
      LOG.info("serving {} records of {}", lines.size(), name);
    } catch (IllegalArgumentException e) {
      LOG.error("{}: {}", name, e.getMessage());
    }
  }
}
