package io.keypost.client.home;

import io.keypost.protocol.Digest;
import io.keypost.protocol.message.Head;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What was sealed and may have been handed in, but nobody knows: exactly the octets of the request,
 * kept until they have a status. Each stands under a digest of what the user wanted to send, so
 * that the same wish finds them.
 */
public final class PendingMail {
  private static final String HEAD_FILE = "head";
  private static final String PAYLOAD_FILE = "payload.pgp";

  private final Path directory;

  /**
   * @param directory made when something is first kept
   */
  public PendingMail(Path directory) {
    this.directory = directory;
  }

  /**
   * A request that has no status yet.
   *
   * @param payload file with the payload that {@code head} names
   */
  public record Pending(Head head, Path payload) {}

  /**
   * Keeps what is about to be handed in, before it is.
   *
   * @param what digest of what the user wants to send
   * @param payload file that is moved here
   */
  public void keep(Digest what, Head head, Path payload) {
    Path place = PrivateFiles.createDirectory(place(what));
    try {
      Files.move(
          payload,
          place.resolve(PAYLOAD_FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // The last one: what has a head is whole.
    PrivateFiles.write(place.resolve(HEAD_FILE), head.encode());
  }

  /** The request for {@code what}, if there is one without a status. */
  public Optional<Pending> find(Digest what) {
    Path place = place(what);
    Path head = place.resolve(HEAD_FILE);
    return Files.exists(head)
        ? Optional.of(
            new Pending(Head.decode(PrivateFiles.read(head)), place.resolve(PAYLOAD_FILE)))
        : Optional.empty();
  }

  /** All of them, by what the user wanted to send. */
  public Map<Digest, Pending> all() {
    Map<Digest, Pending> all = new TreeMap<>();
    if (!Files.exists(directory)) {
      return all;
    }
    try (Stream<Path> places = Files.list(directory)) {
      for (Path place : places.toList()) {
        Digest what = Digest.parseBase64Url(String.valueOf(place.getFileName()));
        find(what).ifPresent(pending -> all.put(what, pending));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** It has a status, or will never need one. */
  public void forget(Digest what) {
    PrivateFiles.deleteDirectory(place(what));
  }

  private Path place(Digest what) {
    return directory.resolve(what.base64Url());
  }
}
