package io.keypost.client.root;

import io.keypost.client.home.PrivateFiles;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Exchanges a domain's root in two steps, with a time between them.
 *
 * <pre>
 *   announce   the old root signs a statement that names the next one   upload, publish gen in DNS
 *   wait       {@link #ANNOUNCED_AT_LEAST}: no record without the announcement lives longer
 *   change     the next root signs a CA and a statement                 upload, publish root in DNS
 * </pre>
 *
 * The next root is made beside the old one, in {@code next/}, and takes its place in the directory
 * at the change; the old one goes to {@code retired-<gen>/}.
 */
public final class RootRotation {
  /** A kp-domain lives 7 days: after that nobody holds one that does not know the announcement. */
  public static final Duration ANNOUNCED_AT_LEAST = Duration.ofDays(7);

  private final RootCeremony current;
  private final RootCeremony next;
  private final Path nextDirectory;
  private final InstantSource clock;

  /**
   * @param directory where the root is kept
   */
  public RootRotation(Path directory, InstantSource clock, SecureRandom random) {
    this.nextDirectory = directory.resolve(RootCeremony.NEXT_DIRECTORY);
    this.current = new RootCeremony(directory, clock, random);
    this.next = new RootCeremony(nextDirectory, clock, random);
    this.clock = clock;
  }

  /** Whether the time after the announcement is kept. */
  public enum Haste {
    /** Waits: for a planned exchange. */
    NONE,
    /** The old root's key may be in other hands: what was kept elsewhere catches up later. */
    AT_ONCE
  }

  /**
   * What announcing gives.
   *
   * @param authority for the key server
   * @param nextRoot digest of the next root's public key
   * @param changeFrom the earliest time of a planned change
   */
  public record Announcement(Authority authority, Digest nextRoot, Instant changeFrom) {}

  /**
   * Makes the next root and has the present one announce it.
   *
   * @param lock of the present root
   * @param nextLock for the next one
   * @throws RefusedException {@code conflict} when one is announced already or nothing was signed
   *     yet, {@code secret_key_unusable}
   */
  public Announcement announce(RootLock lock, RootLock nextLock) {
    requireNoneAnnounced();
    RootCeremony.Root root = current.show();
    // One that is there was made by an attempt that came no further.
    RootCeremony.Root coming = next.exists() ? next.show() : next.create(root.domain(), nextLock);
    Authority authority = current.announce(coming.key(), lock);
    return new Announcement(authority, coming.key(), clock.instant().plus(ANNOUNCED_AT_LEAST));
  }

  /**
   * Finds out without a secret key that {@link #announce} would refuse.
   *
   * @throws RefusedException {@code conflict} when a root is announced already, {@code not_found}
   *     when there is none here
   */
  public void requireNoneAnnounced() {
    Optional<RootCeremony.Announced> announced = current.show().announced();
    if (announced.isPresent()) {
      throw RefusedException.of(
          RefusalCode.CONFLICT,
          "a next root is announced already, since " + announced.get().since());
    }
  }

  /**
   * Has the announced root sign an operational CA's request and a statement, and puts it in the
   * place of the present one.
   *
   * @param requestPem the PKCS#10 request that the key server made
   * @param nextLock of the announced root
   * @throws RefusedException {@code conflict} when none is announced, or not for long enough;
   *     otherwise as {@link RootCeremony#sign}
   */
  public Authority change(String requestPem, RootLock nextLock, Haste haste) {
    requireChangeable(requestPem, haste);
    RootCeremony.Root root = current.show();
    next.startAt(root.gen());
    Authority authority = next.sign(requestPem, nextLock, CaHandover.ONLY_THIS);
    PrivateFiles.write(nextDirectory.resolve(RootCeremony.CHANGED_FILE), Long.toString(root.gen()));
    current.finishChange();
    return authority;
  }

  /**
   * Finds out without a secret key that {@link #change} would refuse.
   *
   * @throws RefusedException as {@link #change}, but for a wrong lock
   */
  public void requireChangeable(String requestPem, Haste haste) {
    RootCeremony.Announced announced =
        current
            .show()
            .announced()
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.CONFLICT, "no next root is announced: announce it first"));
    Instant from = announced.since().plus(ANNOUNCED_AT_LEAST);
    if (haste == Haste.NONE && clock.instant().isBefore(from)) {
      throw RefusedException.of(
          RefusalCode.CONFLICT,
          "the next root was announced at "
              + announced.since()
              + ": change to it from "
              + from
              + " on, so that everybody has seen the announcement");
    }
    if (!next.show().key().equals(announced.key())) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, nextDirectory + " holds another root than the announced one");
    }
    next.requireSignable(requestPem);
  }
}
