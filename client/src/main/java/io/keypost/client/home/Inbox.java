package io.keypost.client.home;

import io.keypost.client.json.Json;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages that were fetched, as sealed as they came. */
public final class Inbox {
  private static final String FACTS_FILE = "mail.json";
  private static final String ENVELOPE_FILE = "envelope";
  private static final String SIGNATURE_FILE = "signature";
  private static final String PAYLOAD_FILE = "payload.pgp";

  private final Path directory;

  /**
   * @param directory made when something is first kept
   */
  public Inbox(Path directory) {
    this.directory = directory;
  }

  /**
   * A fetched message; nothing of it is verified.
   *
   * @param id JMAP id
   * @param receivedAt when the provider says that it came
   * @param payload file with the payload
   */
  public record Fetched(String id, Instant receivedAt, SignedEnvelope signed, Path payload) {}

  private record Facts(@Nullable String id, @Nullable String receivedAt) {}

  /** Whether a message is here. */
  public boolean has(String id) {
    return Files.exists(directory.resolve(id).resolve(FACTS_FILE));
  }

  /** Keeps a message. */
  public Fetched keep(String id, Instant receivedAt, SignedEnvelope signed, Bytes payload) {
    Path place = PrivateFiles.createDirectory(directory.resolve(id));
    PrivateFiles.write(place.resolve(PAYLOAD_FILE), payload);
    PrivateFiles.write(place.resolve(ENVELOPE_FILE), signed.encoded());
    PrivateFiles.write(place.resolve(SIGNATURE_FILE), signed.signature());
    // Last: a message with its facts is complete.
    PrivateFiles.write(place.resolve(FACTS_FILE), Json.write(new Facts(id, receivedAt.toString())));
    return read(place);
  }

  /** All of them, oldest first. */
  public List<Fetched> list() {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> places = Files.list(directory)) {
      return places
          .filter(place -> Files.exists(place.resolve(FACTS_FILE)))
          .map(Inbox::read)
          .sorted(Comparator.comparing(Fetched::receivedAt).thenComparing(Fetched::id))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One of them.
   *
   * @throws RefusedException {@code not_found}
   */
  public Fetched find(String id) {
    return list().stream()
        .filter(fetched -> fetched.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.NOT_FOUND, "no message " + id + " here: run keypost fetch"));
  }

  private static Fetched read(Path place) {
    Facts facts = PrivateFiles.json(place.resolve(FACTS_FILE), Facts.class);
    return new Fetched(
        Json.required(facts.id, "id"),
        Instant.parse(Json.required(facts.receivedAt, "receivedAt")),
        SignedEnvelope.decode(
            PrivateFiles.read(place.resolve(ENVELOPE_FILE)),
            PrivateFiles.read(place.resolve(SIGNATURE_FILE))),
        place.resolve(PAYLOAD_FILE));
  }
}
