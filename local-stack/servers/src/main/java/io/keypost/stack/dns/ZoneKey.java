package io.keypost.stack.dns;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DNSSEC.DNSSECException;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;

/**
 * A zone's one key: it signs the key set and everything else (a combined signing key, RFC 9364).
 */
final class ZoneKey {

  static final long TTL_SECONDS = 60;

  /** Signatures begin a little in the past, so that a validator with a slow clock takes them. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  /** Life of a signature. {@link SignedSet} makes a new one when half of it is over. */
  static final Duration LIFE = Duration.ofDays(14);

  private static final int ZONE_AND_SECURE_ENTRY_POINT = 257;

  private final KeyPair pair;
  private final DNSKEYRecord record;

  ZoneKey(Name zone, KeyPair pair) {
    this.pair = pair;
    try {
      this.record =
          new DNSKEYRecord(
              zone,
              DClass.IN,
              TTL_SECONDS,
              ZONE_AND_SECURE_ENTRY_POINT,
              DNSKEYRecord.Protocol.DNSSEC,
              DNSSEC.Algorithm.ECDSAP256SHA256,
              pair.getPublic());
    } catch (DNSSECException e) {
      throw new IllegalArgumentException("not a P-256 key pair", e);
    }
  }

  static KeyPair generate(SecureRandom random) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no P-256", e);
    }
  }

  /** The same key in the name of another zone. */
  ZoneKey renamed(Name zone) {
    return new ZoneKey(zone, pair);
  }

  DNSKEYRecord record() {
    return record;
  }

  DSRecord delegation() {
    return new DSRecord(
        record.getName(), DClass.IN, TTL_SECONDS, DSRecord.SHA256_DIGEST_ID, record);
  }

  /** A signature over a set, good from shortly before {@code now} for {@link #LIFE}. */
  RRSIGRecord sign(RRset set, Instant now) {
    return sign(set, now.minus(BACKDATED), now.plus(LIFE));
  }

  /** A signature that ran out an hour before {@code now}. */
  RRSIGRecord signExpired(RRset set, Instant now) {
    return sign(set, now.minus(LIFE), now.minus(BACKDATED));
  }

  private RRSIGRecord sign(RRset set, Instant inception, Instant expiration) {
    try {
      return DNSSEC.sign(set, record, pair.getPrivate(), inception, expiration);
    } catch (DNSSECException e) {
      throw new IllegalStateException("cannot sign " + set.getName(), e);
    }
  }
}
