package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a domain has revoked: an append-only sequence (KP-REC-20). It carries its signer's chain, so
 * that the revocation of a signing certificate does not hang on that certificate.
 *
 * @param domain whose
 * @param gen generation of the domain when it was signed
 * @param seq order within the generation
 * @param issuedAt when it was signed, whole seconds
 * @param expiry when it ends, at most 24 hours later
 * @param chain the signing certificate and the operational CA in DER
 * @param next number of the entry that will come next, from 1 on
 * @param entries rising in number, at most {@value #MAX_ENTRIES}; one may be left out only after
 *     its {@code until}
 */
public record RevocationsRecord(
    MailDomain domain,
    long gen,
    long seq,
    Instant issuedAt,
    Instant expiry,
    List<Bytes> chain,
    long next,
    List<Entry> entries)
    implements SuccessiveRecord {
  /** Most entries at a time. */
  public static final int MAX_ENTRIES = 2048;

  /** What an entry revokes. */
  public enum Subject {
    /** A certificate of the domain, by its SHA-256: of an operational CA, a signer or a server. */
    CERTIFICATE,
    /** An OpenPGP key of a user, by its version 6 fingerprint. */
    KEY
  }

  /**
   * One revocation.
   *
   * @param number its place in the sequence, from 1 on
   * @param subject what kind of thing is revoked
   * @param id digest of the certificate, or fingerprint of the key
   * @param at when it was revoked, whole seconds
   * @param until after it the entry may be left out: the thing has ended by itself
   */
  public record Entry(long number, Subject subject, Digest id, Instant at, Instant until) {
    /** Checks the bounds. */
    public Entry {
      Bounds.range("no", number, 1, Bounds.MAX_INTEGER);
      at = Bounds.seconds(at);
      until = Bounds.seconds(until);
    }

    private void writeTo(ObjectNode json) {
      json.put("no", number);
      json.put("kind", JsonObject.word(subject));
      json.put("id", id.base64Url());
      json.put("at", at.getEpochSecond());
      json.put("until", until.getEpochSecond());
    }

    private static Entry read(JsonObject json) {
      return new Entry(
          json.integer("no"),
          json.word("kind", Subject.class),
          json.digest("id"),
          json.time("at"),
          json.time("until"));
    }
  }

  /** Checks the bounds. */
  public RevocationsRecord {
    Bounds.counted("gen", gen);
    Bounds.counted("seq", seq);
    issuedAt = Bounds.seconds(issuedAt);
    expiry = Bounds.seconds(expiry);
    chain = List.copyOf(chain);
    entries = List.copyOf(entries);
    Bounds.size("certificates", chain, 2, 2);
    Bounds.size("entries", entries, 0, MAX_ENTRIES);
    Bounds.range("next", next, 1, Bounds.MAX_INTEGER);
    long last = 0;
    for (Entry entry : entries) {
      if (entry.number() <= last || entry.number() >= next) {
        throw new IllegalArgumentException("the entries do not rise, or not below next");
      }
      last = entry.number();
    }
  }

  /** Digests of the certificates that are revoked. */
  public Set<Digest> certificates() {
    return ids(Subject.CERTIFICATE);
  }

  /** Fingerprints of the users' keys that are revoked. */
  public Set<Digest> keys() {
    return ids(Subject.KEY);
  }

  private Set<Digest> ids(Subject subject) {
    return entries.stream()
        .filter(entry -> entry.subject() == subject)
        .map(Entry::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether this record goes on from {@code earlier}: nothing that still counts at {@code now} was
   * taken out or changed, no number given twice (KP-REC-22).
   */
  public boolean continues(RevocationsRecord earlier, Instant now) {
    Map<Long, Entry> mine = new HashMap<>();
    entries.forEach(entry -> mine.put(entry.number(), entry));
    Set<Long> known = earlier.entries.stream().map(Entry::number).collect(Collectors.toSet());
    return next >= earlier.next
        && earlier.entries.stream()
            .allMatch(
                entry -> {
                  Entry kept = mine.get(entry.number());
                  return kept == null ? !now.isBefore(entry.until()) : kept.equals(entry);
                })
        && entries.stream()
            .allMatch(entry -> entry.number() >= earlier.next || known.contains(entry.number()));
  }

  @Override
  public RecordKind kind() {
    return RecordKind.REVOCATIONS;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(expiry);
  }

  @Override
  public RevocationsRecord withoutRenewal() {
    return new RevocationsRecord(domain, gen, seq, NO_TIME, NO_TIME, chain, next, entries);
  }

  void writeTo(ObjectNode json) {
    json.put("domain", domain.value());
    JsonObject.putOrder(json, this);
    JsonObject.putTimes(json, issuedAt, expiry);
    JsonObject.putAll(json, "chain", chain, Bytes::base64Url);
    json.put("next", next);
    JsonObject.putObjects(json, "entries", entries, Entry::writeTo);
  }

  static RevocationsRecord read(JsonObject json) {
    return new RevocationsRecord(
        json.domain("domain"),
        json.integer("gen"),
        json.integer("seq"),
        json.time("iat"),
        json.time("exp"),
        json.list("chain", 2, Bytes::parseBase64Url),
        json.integer("next"),
        json.objects("entries", MAX_ENTRIES, Entry::read));
  }
}
