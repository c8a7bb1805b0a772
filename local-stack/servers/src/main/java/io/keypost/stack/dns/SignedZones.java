package io.keypost.stack.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * All zones of a server, from the root down, signed as each {@link ZoneSecurity} says. Changes are
 * made under a lock and published as a new immutable set of zones, so questions are answered
 * without one.
 */
public final class SignedZones implements DnsZones {

  /** Most records that one {@link #put(List)} takes. */
  public static final int MAX_RECORDS_AT_ONCE = 10_000;

  private final InstantSource clock;
  private final Function<Name, KeyPair> keys;
  private final ZoneKey wrongKey;
  private final Map<Name, Source> sources = new TreeMap<>();
  private volatile Map<Name, Zone> zones = Map.of();
  private long serial;

  private record Source(
      ZoneKey key, ZoneSecurity security, Map<Name, Map<Integer, RRset>> records) {}

  private SignedZones(InstantSource clock, SecureRandom random, Function<Name, KeyPair> keys) {
    this.clock = clock;
    this.keys = keys;
    this.wrongKey = new ZoneKey(Name.root, ZoneKey.generate(random));
    this.serial = clock.instant().getEpochSecond();
    makeZone(Name.root, ZoneSecurity.SIGNED);
    publish();
  }

  /** A server's zones with fresh keys: the trust anchor is good for the life of this object. */
  public static SignedZones create(InstantSource clock, SecureRandom random) {
    return new SignedZones(clock, random, name -> ZoneKey.generate(random));
  }

  /**
   * A server's zones with keys kept in a directory, so that the trust anchor outlives a restart.
   *
   * @param keyDirectory made if absent; one PKCS#8 file for each zone, readable by its owner only
   * @throws IOException if the directory cannot be made
   */
  public static SignedZones open(Path keyDirectory, InstantSource clock, SecureRandom random)
      throws IOException {
    Files.createDirectories(keyDirectory);
    return new SignedZones(
        clock, random, name -> ZoneKeyFile.loadOrCreate(keyDirectory, name, random));
  }

  @Override
  public synchronized void zone(String domain, ZoneSecurity security) {
    var name = absolute(domain);
    if (name.labels() < 3) {
      throw new IllegalArgumentException("a zone needs at least two labels: " + domain);
    }
    makeZone(new Name(name, name.labels() - 2), ZoneSecurity.SIGNED);
    makeZone(name, security);
    publish();
  }

  private void makeZone(Name name, ZoneSecurity security) {
    var old = sources.get(name);
    sources.put(
        name,
        old == null
            ? new Source(new ZoneKey(name, keys.apply(name)), security, new HashMap<>())
            : new Source(old.key(), security, old.records()));
  }

  @Override
  public synchronized void put(List<String> records) {
    if (records.size() > MAX_RECORDS_AT_ONCE) {
      throw new IllegalArgumentException("more than " + MAX_RECORDS_AT_ONCE + " records at once");
    }
    var sets = new HashMap<Name, Map<Integer, RRset>>();
    for (var line : records) {
      var record = parse(line);
      sets.computeIfAbsent(record.getName(), name -> new TreeMap<>())
          .computeIfAbsent(record.getType(), type -> new RRset())
          .addRR(record);
    }
    sets.forEach(
        (name, byType) ->
            ownerOf(name).computeIfAbsent(name, key -> new TreeMap<>()).putAll(byType));
    publish();
  }

  @Override
  public synchronized void remove(String name, String type) {
    var owner = absolute(name);
    var names = ownerOf(owner);
    var sets = names.get(owner);
    if (sets == null) {
      return;
    }
    sets.remove(Type.value(type));
    if (sets.isEmpty()) {
      names.remove(owner);
    }
    publish();
  }

  private static Record parse(String line) {
    try (var master = new Master(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)))) {
      var record = master.nextRecord();
      if (record == null || master.nextRecord() != null) {
        throw new IllegalArgumentException("not one record: " + line);
      }
      if (record.getDClass() != DClass.IN
          || !record.getName().isAbsolute()
          || record.getName().isWild()) {
        throw new IllegalArgumentException(
            "not an IN record with an absolute name that is no wildcard: " + line);
      }
      return record;
    } catch (IOException e) {
      throw new IllegalArgumentException("not a record: " + line, e);
    }
  }

  private Map<Name, Map<Integer, RRset>> ownerOf(Name name) {
    for (var at = name; at.labels() >= 3; at = new Name(at, 1)) {
      var source = sources.get(at);
      if (source != null) {
        return source.records();
      }
    }
    throw new IllegalArgumentException("no zone for " + name + ": make it first");
  }

  private void publish() {
    serial++;
    var next = new HashMap<Name, Zone>();
    sources.forEach(
        (name, source) ->
            next.put(
                name,
                new Zone(
                    name,
                    source.security(),
                    source.key(),
                    wrongKeyFor(name),
                    serial,
                    source.records(),
                    childrenOf(name))));
    zones = Map.copyOf(next);
  }

  /** Claims to be the zone's signer, with a key that the zone does not publish. */
  private ZoneKey wrongKeyFor(Name zone) {
    return wrongKey.renamed(zone);
  }

  private List<Zone.Delegation> childrenOf(Name parent) {
    return sources.entrySet().stream()
        .filter(entry -> entry.getKey().labels() > 1 && parent.equals(parentOf(entry.getKey())))
        .map(
            entry ->
                new Zone.Delegation(
                    entry.getKey(),
                    entry.getValue().security() == ZoneSecurity.UNSIGNED
                        ? null
                        : entry.getValue().key()))
        .toList();
  }

  private Name parentOf(Name zone) {
    var at = new Name(zone, 1);
    while (!sources.containsKey(at)) {
      at = new Name(at, 1);
    }
    return at;
  }

  /**
   * The zone that answers for a name: the deepest one it lies in, except that a question for DS is
   * the parent's to answer (RFC 4035 3.1.4.1).
   */
  Zone zoneFor(Name name, int type) {
    var current = zones;
    var at =
        type == Type.DS && name.labels() > 1 && current.containsKey(name)
            ? new Name(name, 1)
            : name;
    while (true) {
      var zone = current.get(at);
      if (zone != null) {
        return zone;
      }
      at = new Name(at, 1);
    }
  }

  /**
   * Every zone, the root and top-level domains included, as a master file with all signatures: for
   * other name servers to serve.
   *
   * @return lines by zone name; the root's name is {@code .}
   */
  public Map<String, List<String>> masterFiles() {
    var files = new TreeMap<String, List<String>>();
    zones.forEach((name, zone) -> files.put(name.toString(), zone.masterLines(clock.instant())));
    return files;
  }

  InstantSource clock() {
    return clock;
  }

  /**
   * The root zone's DS record in master file form, as dnsjava's {@code
   * ValidatingResolver.loadTrustAnchors} reads it.
   */
  public synchronized String trustAnchor() {
    return rootSource().key().delegation() + "\n";
  }

  private Source rootSource() {
    var root = sources.get(Name.root);
    if (root == null) {
      throw new IllegalStateException("the root zone is made first");
    }
    return root;
  }

  private static Name absolute(String domain) {
    try {
      return Name.fromString(domain, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("not a domain name: " + domain, e);
    }
  }
}
