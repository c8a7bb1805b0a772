package io.keypost.client.home;

import io.keypost.client.json.Json;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was sent: for each envelope what names it in receipts, and until its outcome is known the
 * message itself, sealed to the sender's own key.
 */
public final class SentCopies {
  private static final String FACTS_FILE = "copy.json";
  private static final String PAYLOAD_FILE = "copy.pgp";
  private static final String ENVELOPE_FILE = "copy.envelope";
  private static final String SIGNATURE_FILE = "copy.signature";

  private final Path directory;

  /**
   * @param directory made when something is first kept
   */
  public SentCopies(Path directory) {
    this.directory = directory;
  }

  /**
   * An envelope that was accepted.
   *
   * @param digest names it in receipts
   */
  public record Sent(MessageId id, Address recipient, Address addressedAs, Digest digest) {}

  private record Facts(
      @Nullable String messageId,
      @Nullable String recipient,
      @Nullable String addressedAs,
      @Nullable String envelope) {}

  /**
   * Keeps what is about to be sent, before it is: an outcome must never come for what nobody
   * remembers.
   *
   * @param own the envelope of the copy, to the sender himself
   * @param payload file that is moved here
   */
  public void keep(Sent sent, SignedEnvelope own, Path payload) {
    Path place = PrivateFiles.createDirectory(place(sent.digest));
    try {
      Files.move(payload, place.resolve(PAYLOAD_FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PrivateFiles.write(place.resolve(ENVELOPE_FILE), own.encoded());
    PrivateFiles.write(place.resolve(SIGNATURE_FILE), own.signature());
    PrivateFiles.write(
        place.resolve(FACTS_FILE),
        Json.write(
            new Facts(
                sent.id.base64Url(),
                sent.recipient.toString(),
                sent.addressedAs.toString(),
                sent.digest.base64Url())));
  }

  /** All that was sent. */
  public List<Sent> list() {
    if (!Files.exists(directory)) {
      return List.of();
    }
    List<Sent> all = new ArrayList<>();
    try (Stream<Path> places = Files.list(directory)) {
      for (Path place : places.sorted().toList()) {
        if (Files.exists(place.resolve(FACTS_FILE))) {
          all.add(read(place));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static Sent read(Path place) {
    Facts facts = PrivateFiles.json(place.resolve(FACTS_FILE), Facts.class);
    return new Sent(
        MessageId.parseBase64Url(Json.required(facts.messageId, "messageId")),
        Address.parseCanonical(Json.required(facts.recipient, "recipient")),
        Address.parseCanonical(Json.required(facts.addressedAs, "addressedAs")),
        Digest.parseBase64Url(Json.required(facts.envelope, "envelope")));
  }

  /** What was sent under this digest. */
  public Optional<Sent> find(Digest digest) {
    return Files.exists(place(digest).resolve(FACTS_FILE))
        ? Optional.of(read(place(digest)))
        : Optional.empty();
  }

  /** The message that was sent, sealed, as long as it is kept. */
  public Optional<Copy> copy(Digest digest) {
    Path place = place(digest);
    if (!Files.exists(place.resolve(PAYLOAD_FILE))) {
      return Optional.empty();
    }
    Bytes envelope = PrivateFiles.read(place.resolve(ENVELOPE_FILE));
    Bytes signature = PrivateFiles.read(place.resolve(SIGNATURE_FILE));
    return Optional.of(
        new Copy(SignedEnvelope.decode(envelope, signature), place.resolve(PAYLOAD_FILE)));
  }

  /** A kept copy. */
  public record Copy(SignedEnvelope signed, Path payload) {}

  /** The outcome is known and final: the message itself is no longer needed. */
  public void dropContent(Digest digest) {
    try {
      Files.deleteIfExists(place(digest).resolve(PAYLOAD_FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It was not accepted: nothing was sent. */
  public void forget(Digest digest) {
    PrivateFiles.deleteDirectory(place(digest));
  }

  private Path place(Digest digest) {
    return directory.resolve(digest.base64Url());
  }
}
