package io.keypost.client.trust;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.json.Json;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered, in one file. For one process at a time; the file is replaced whole with each
 * change.
 */
public final class Contacts {
  private final Path file;

  /**
   * @param file made when something is first remembered
   */
  public Contacts(Path file) {
    this.file = file;
  }

  private record Entry(
      @Nullable String statement, @Nullable String primaryKey, @Nullable String pointer) {}

  /** The file's content: addresses to entries. */
  static final class Entries {
    private final Map<String, Entry> byAddress = new TreeMap<>();

    @JsonAnySetter
    void put(String address, Entry entry) {
      byAddress.put(address, entry);
    }

    @JsonAnyGetter
    Map<String, Entry> all() {
      return byAddress;
    }
  }

  /** What is remembered of {@code address}. */
  public synchronized Optional<Remembered> recall(Address address) {
    return Optional.ofNullable(read().byAddress.get(address.toString()))
        .map(
            entry ->
                new Remembered(
                    Optional.ofNullable(entry.statement).map(Digest::parseBase64Url),
                    Optional.ofNullable(entry.primaryKey).map(Bytes::parseHex),
                    Optional.ofNullable(entry.pointer).map(Address::parseCanonical)));
  }

  /** Remembers from now on what was seen of {@code address}. */
  public synchronized void remember(Address address, Remembered seen) {
    if (recall(address).equals(Optional.of(seen))) {
      return;
    }
    Entries entries = read();
    entries.put(
        address.toString(),
        new Entry(
            seen.statement().map(Digest::base64Url).orElse(null),
            seen.primaryKey().map(Bytes::hex).orElse(null),
            seen.pointer().map(Address::toString).orElse(null)));
    PrivateFiles.write(file, Json.write(entries));
  }

  private Entries read() {
    return Files.exists(file) ? PrivateFiles.json(file, Entries.class) : new Entries();
  }
}
