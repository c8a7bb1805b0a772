package io.keypost.stack.dns;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/**
 * One zone as it is at a moment: record sets by name in canonical order (RFC 4034 6.1), and for a
 * signed zone the NSEC chain that proves what is not there. Immutable; {@link SignedZones} makes a
 * new one for each change.
 */
final class Zone {

  /** Short, so that a change is seen by resolvers within seconds. */
  static final long NEGATIVE_TTL_SECONDS = 5;

  private static final long HOUR_SECONDS = 3600;

  private final Name origin;
  private final ZoneSecurity security;
  private final NavigableMap<Name, Map<Integer, SignedSet>> names = new TreeMap<>();

  /**
   * @param records what was put into the zone, by name and type
   * @param children zones below this one that it delegates
   */
  Zone(
      Name origin,
      ZoneSecurity security,
      ZoneKey key,
      ZoneKey wrongKey,
      long serial,
      Map<Name, Map<Integer, RRset>> records,
      List<Delegation> children) {
    this.origin = origin;
    this.security = security;
    SignedSet.@Nullable Signer signer =
        switch (security) {
          case SIGNED -> key::sign;
          case UNSIGNED -> null;
          case BOGUS -> wrongKey::sign;
          case EXPIRED -> key::signExpired;
        };
    records.forEach((name, sets) -> sets.values().forEach(set -> add(set, signer)));
    add(new RRset(startOfAuthority(serial)), signer);
    add(new RRset(new NSRecord(origin, DClass.IN, ZoneKey.TTL_SECONDS, nameServer())), signer);
    if (signer != null) {
      // The key set is good in every kind of signed zone: so a bogus zone fails on its records, not
      // on its keys.
      add(new RRset(key.record()), key::sign);
    }
    for (var child : children) {
      add(new RRset(child.nameServers()), null);
      if (child.key() != null) {
        add(new RRset(child.key().delegation()), signer);
      }
    }
    if (signer != null) {
      chainNames(signer);
    }
  }

  /**
   * What a parent says of a child.
   *
   * @param key null for an unsigned child: then there is no DS record
   */
  record Delegation(Name child, @Nullable ZoneKey key) {
    NSRecord nameServers() {
      return new NSRecord(child, DClass.IN, ZoneKey.TTL_SECONDS, nameServerOf(child));
    }
  }

  private static Name nameServerOf(Name zone) {
    return Name.fromConstantString("ns." + (zone.equals(Name.root) ? "" : zone));
  }

  private Name nameServer() {
    return nameServerOf(origin);
  }

  private SOARecord startOfAuthority(long serial) {
    return new SOARecord(
        origin,
        DClass.IN,
        ZoneKey.TTL_SECONDS,
        nameServer(),
        Name.fromConstantString("hostmaster." + (origin.equals(Name.root) ? "" : origin)),
        serial,
        HOUR_SECONDS,
        HOUR_SECONDS,
        HOUR_SECONDS,
        NEGATIVE_TTL_SECONDS);
  }

  private void add(RRset set, SignedSet.@Nullable Signer signer) {
    names
        .computeIfAbsent(set.getName(), name -> new TreeMap<>())
        .put(set.getType(), new SignedSet(set, signer));
  }

  private void chainNames(SignedSet.Signer signer) {
    var owners = new ArrayList<>(names.keySet());
    for (int i = 0; i < owners.size(); i++) {
      var owner = owners.get(i);
      var next = owners.get((i + 1) % owners.size());
      var types = new TreeSet<>(required(names.get(owner)).keySet());
      types.add(Type.RRSIG);
      types.add(Type.NSEC);
      var bitmap = types.stream().mapToInt(Integer::intValue).toArray();
      add(new RRset(new NSECRecord(owner, DClass.IN, NEGATIVE_TTL_SECONDS, next, bitmap)), signer);
    }
  }

  /** All records with their signatures as a master file has them (RFC 1035 section 5). */
  List<String> masterLines(Instant now) {
    var lines = new ArrayList<String>();
    // The zone begins with its start of authority, wherever that stands in canonical order.
    startOfAuthority().records().forEach(record -> lines.add(record.toString()));
    for (var sets : names.values()) {
      for (var set : sets.values()) {
        if (set.set().getType() != Type.SOA) {
          set.records().forEach(record -> lines.add(record.toString()));
        }
        var signature = set.signature(now);
        if (signature != null) {
          lines.add(signature.toString());
        }
      }
    }
    return lines;
  }

  Name origin() {
    return origin;
  }

  boolean isSigned() {
    return security != ZoneSecurity.UNSIGNED;
  }

  @Nullable SignedSet find(Name name, int type) {
    var sets = names.get(name);
    return sets == null ? null : sets.get(type);
  }

  SignedSet startOfAuthority() {
    return required(find(origin, Type.SOA));
  }

  /**
   * Whether the name has records or stands above a name that has some (an empty non-terminal, RFC
   * 8499).
   */
  boolean exists(Name name) {
    var next = names.ceilingKey(name);
    return next != null && next.subdomain(name);
  }

  /**
   * The NSEC sets that prove that {@code name} has no such type, or that it does not exist and no
   * wildcard stands for it (RFC 4035 3.1.3). Empty for an unsigned zone.
   */
  List<SignedSet> denial(Name name) {
    if (!isSigned()) {
      return List.of();
    }
    var atOrBefore = lastNameUpTo(name);
    if (exists(name)) {
      return List.of(nextSecure(atOrBefore));
    }
    var encloser = name;
    while (!exists(encloser)) {
      encloser = new Name(encloser, 1);
    }
    var wildcard =
        lastNameUpTo(Name.fromConstantString("*." + (encloser.equals(Name.root) ? "" : encloser)));
    return wildcard.equals(atOrBefore)
        ? List.of(nextSecure(atOrBefore))
        : List.of(nextSecure(atOrBefore), nextSecure(wildcard));
  }

  private Name lastNameUpTo(Name name) {
    // Never null: the origin comes before every name in its zone.
    return required(names.floorKey(name));
  }

  private SignedSet nextSecure(Name owner) {
    return required(find(owner, Type.NSEC));
  }

  private static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a zone without its own apex records");
    }
    return value;
  }
}
