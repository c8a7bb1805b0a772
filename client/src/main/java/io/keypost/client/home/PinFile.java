package io.keypost.client.home;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import io.keypost.client.json.Json;
import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The roots of domains that this client has seen, in one file, so that they are known the next
 * time.
 */
public final class PinFile implements PinMemory {
  private final Path file;

  /**
   * @param file made when something is first remembered
   */
  public PinFile(Path file) {
    this.file = file;
  }

  private record Entry(
      @Nullable String root,
      @Nullable Long gen,
      @Nullable String until,
      @Nullable String first_seen,
      @Nullable String first_seen_by) {
    static Entry of(RememberedPin pin) {
      return new Entry(
          pin.root().base64Url(),
          pin.gen(),
          pin.rememberedUntil().toString(),
          pin.firstSight().at().toString(),
          pin.firstSight().by().wire());
    }

    RememberedPin toPin() {
      Instant followedUntil = Instant.parse(Json.required(until, "until"));
      return new RememberedPin(
          Digest.parseBase64Url(Json.required(root, "root")),
          Json.required(gen, "gen"),
          followedUntil,
          firstSight(followedUntil));
    }

    /** A file from before first sights were marked: DNSSEC was the only way, and no later. */
    private FirstSight firstSight(Instant followedUntil) {
      return first_seen == null || first_seen_by == null
          ? new FirstSight(followedUntil.minus(Pin.LONGEST_MEMORY), FirstSight.By.DNSSEC)
          : new FirstSight(
              Instant.parse(first_seen), FirstSight.By.byWire(first_seen_by).orElseThrow());
    }
  }

  /** The file's content: domains to entries. */
  static final class Entries {
    private final Map<String, Entry> byDomain = new TreeMap<>();

    @JsonAnySetter
    void put(String domain, Entry entry) {
      byDomain.put(domain, entry);
    }

    @JsonAnyGetter
    Map<String, Entry> all() {
      return byDomain;
    }
  }

  @Override
  public CompletionStage<Optional<RememberedPin>> recall(MailDomain domain) {
    return attempt(() -> find(read(), domain));
  }

  @Override
  public CompletionStage<Boolean> replace(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    // Two commands at once, too, must not lose what the other one has seen.
    return attempt(
        () -> PrivateFiles.exclusively(file, () -> replaceNow(domain, expected, replacement)));
  }

  private boolean replaceNow(
      MailDomain domain, Optional<RememberedPin> expected, RememberedPin replacement) {
    Entries entries = read();
    if (!find(entries, domain).equals(expected)) {
      return false;
    }
    entries.put(domain.value(), Entry.of(replacement));
    PrivateFiles.write(file, Json.write(entries));
    return true;
  }

  private static Optional<RememberedPin> find(Entries entries, MailDomain domain) {
    return Optional.ofNullable(entries.byDomain.get(domain.value())).map(Entry::toPin);
  }

  private Entries read() {
    return Files.exists(file) ? PrivateFiles.json(file, Entries.class) : new Entries();
  }

  /**
   * Without memory nothing is accepted: a file that cannot be used is a failure, never an empty
   * memory.
   */
  private <T> CompletionStage<T> attempt(Supplier<T> work) {
    try {
      return CompletableFuture.completedFuture(work.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(
          RefusedException.of(
              RefusalCode.STORE_UNAVAILABLE,
              "the file of remembered pins, "
                  + file
                  + ", cannot be used: it is damaged or not yours",
              e));
    }
  }
}
