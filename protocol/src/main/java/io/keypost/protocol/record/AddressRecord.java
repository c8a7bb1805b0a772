package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a domain says of one address.
 *
 * @param address the address
 * @param gen generation of the domain when it was signed
 * @param seq order within the generation
 * @param issuedAt when it was signed, whole seconds
 * @param expiry when it ends, at most 24 hours later
 * @param predecessor digest of the JWS of the record that this one replaced, when there was one
 * @param content what the address is
 * @param statements all that the address's own keys signed about keys and pointers, oldest first,
 *     at most {@value #MAX_STATEMENTS}; {@code io.keypost.protocol.openpgp} reads them
 */
public record AddressRecord(
    Address address,
    long gen,
    long seq,
    Instant issuedAt,
    Instant expiry,
    @Nullable Digest predecessor,
    Content content,
    List<String> statements)
    implements SuccessiveRecord {
  /** Most statements of one address. */
  public static final int MAX_STATEMENTS = 64;

  /** Largest OpenPGP certificate, in octets. */
  public static final int MAX_CERTIFICATE_OCTETS = 64 * 1024;

  /** Stands for any consent where two records are compared. */
  private static final String RENEWED_CONSENT = "renewed";

  private static final int MAX_POOL_CHARACTERS = 63;
  private static final int MAX_STATEMENT_CHARACTERS = 8 * 1024;

  /** Checks the bounds. */
  public AddressRecord {
    Bounds.counted("gen", gen);
    Bounds.counted("seq", seq);
    issuedAt = Bounds.seconds(issuedAt);
    expiry = Bounds.seconds(expiry);
    statements = List.copyOf(statements);
    Bounds.size("statements", statements, 0, MAX_STATEMENTS);
    for (String statement : statements) {
      Bounds.text("a statement", statement, MAX_STATEMENT_CHARACTERS);
    }
  }

  /** What an address is. */
  public sealed interface Content {}

  /**
   * A mailbox.
   *
   * @param certificate the user's OpenPGP certificate, binary, at most {@value
   *     #MAX_CERTIFICATE_OCTETS} octets
   * @param operator whose servers receive for it
   * @param pool which of the operator's pools
   */
  public record Mailbox(Bytes certificate, MailDomain operator, String pool) implements Content {
    /** Checks the bounds. */
    public Mailbox {
      Bounds.range("octets of the certificate", certificate.size(), 1, MAX_CERTIFICATE_OCTETS);
      Bounds.text("pool", pool, MAX_POOL_CHARACTERS);
    }
  }

  /**
   * A pointer to another address, which the sender follows.
   *
   * @param target where it points
   * @param consent the target's consent, a {@code kp-consent} JWS of the target's domain
   */
  public record Alias(Address target, String consent) implements Content {
    /** Checks the bounds. */
    public Alias {
      Bounds.text("consent", consent, RecordKind.CONSENT.maxCharacters());
    }
  }

  /** There is no such address. */
  public record Unknown() implements Content {}

  /**
   * There was such an address.
   *
   * @param from from when on it is revoked, whole seconds
   */
  public record Revoked(Instant from) implements Content {
    /** Keeps whole seconds. */
    public Revoked {
      from = Bounds.seconds(from);
    }
  }

  @Override
  public RecordKind kind() {
    return RecordKind.ADDRESS;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(expiry);
  }

  @Override
  public AddressRecord withoutRenewal() {
    Content lasting =
        content instanceof Alias alias ? new Alias(alias.target(), RENEWED_CONSENT) : content;
    return new AddressRecord(address, gen, seq, NO_TIME, NO_TIME, predecessor, lasting, statements);
  }

  void writeTo(ObjectNode json) {
    json.put("address", address.toString());
    JsonObject.putOrder(json, this);
    JsonObject.putTimes(json, issuedAt, expiry);
    if (predecessor != null) {
      json.put("predecessor", predecessor.base64Url());
    }
    ObjectNode said = json.putObject("content");
    switch (content) {
      case Mailbox mailbox ->
          said.put("type", "mailbox")
              .put("certificate", mailbox.certificate().base64Url())
              .put("operator", mailbox.operator().value())
              .put("pool", mailbox.pool());
      case Alias alias ->
          said.put("type", "alias")
              .put("target", alias.target().toString())
              .put("consent", alias.consent());
      case Unknown unknown -> said.put("type", "unknown");
      case Revoked revoked ->
          said.put("type", "revoked").put("from", revoked.from().getEpochSecond());
    }
    JsonObject.putAll(json, "statements", statements, statement -> statement);
  }

  static AddressRecord read(JsonObject json) {
    return new AddressRecord(
        json.address("address"),
        json.integer("gen"),
        json.integer("seq"),
        json.time("iat"),
        json.time("exp"),
        json.has("predecessor") ? json.digest("predecessor") : null,
        json.object("content", AddressRecord::readContent),
        json.list("statements", MAX_STATEMENTS, statement -> statement));
  }

  private static Content readContent(JsonObject json) {
    String type = json.text("type");
    return switch (type) {
      case "mailbox" ->
          new Mailbox(
              json.bytes("certificate", MAX_CERTIFICATE_OCTETS),
              json.domain("operator"),
              json.text("pool"));
      case "alias" -> new Alias(json.address("target"), json.text("consent"));
      case "unknown" -> new Unknown();
      case "revoked" -> new Revoked(json.time("from"));
      default -> throw new IllegalArgumentException("an address of an unknown type");
    };
  }
}
