package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a domain's root says, signed offline by the root itself: the only thing that changes the
 * domain's operational CAs or announces another root.
 *
 * @param domain whose root
 * @param gen rises with every statement
 * @param issuedAt when it was signed, whole seconds
 * @param expiry when it ends, at most 400 days later
 * @param max how long a pin of this root may be remembered, at most 30 days
 * @param operationalCas digests of the operational CA certificates that are valid now, 1 to {@value
 *     #MAX_CAS}
 * @param nextRoot digest of the next root's SubjectPublicKeyInfo, when one is announced
 */
public record RootStatement(
    MailDomain domain,
    long gen,
    Instant issuedAt,
    Instant expiry,
    Duration max,
    List<Digest> operationalCas,
    @Nullable Digest nextRoot)
    implements SignedRecord {
  /** Most CAs that are in force at the same time. */
  public static final int MAX_CAS = 8;

  /** Checks the bounds. */
  public RootStatement {
    Bounds.counted("gen", gen);
    Bounds.range("max", max.toSeconds(), 1, Pin.LONGEST_MEMORY.toSeconds());
    issuedAt = Bounds.seconds(issuedAt);
    expiry = Bounds.seconds(expiry);
    operationalCas = List.copyOf(operationalCas);
    Bounds.size("operational CAs", operationalCas, 1, MAX_CAS);
  }

  @Override
  public RecordKind kind() {
    return RecordKind.ROOT;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(expiry);
  }

  void writeTo(ObjectNode json) {
    json.put("domain", domain.value());
    json.put("gen", gen);
    JsonObject.putTimes(json, issuedAt, expiry);
    json.put("max", max.toSeconds());
    JsonObject.putAll(json, "cas", operationalCas, Digest::base64Url);
    if (nextRoot != null) {
      json.put("next_root", nextRoot.base64Url());
    }
  }

  static RootStatement read(JsonObject json) {
    return new RootStatement(
        json.domain("domain"),
        json.integer("gen"),
        json.time("iat"),
        json.time("exp"),
        Duration.ofSeconds(json.integer("max")),
        json.list("cas", MAX_CAS, Digest::parseBase64Url),
        json.has("next_root") ? json.digest("next_root") : null);
  }
}
