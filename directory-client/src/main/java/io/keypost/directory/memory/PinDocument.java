package io.keypost.directory.memory;

import io.keypost.directory.pin.FirstSight;
import io.keypost.directory.pin.RememberedPin;
import io.keypost.protocol.Digest;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A remembered pin as JSON carries it between a service and its key server. Times are NumericDates
 * (RFC 7519).
 *
 * @param root base64url
 * @param first_seen_by {@link FirstSight.By#wire}
 */
public record PinDocument(
    @Nullable String root,
    long gen,
    long remembered_until,
    long first_seen,
    @Nullable String first_seen_by) {
  /** The end of the year 9999: what is no time of ours is refused. */
  private static final long LAST_SECOND = 253_402_300_799L;

  /** Prints. */
  public static PinDocument of(RememberedPin pin) {
    return new PinDocument(
        pin.root().base64Url(),
        pin.gen(),
        pin.rememberedUntil().getEpochSecond(),
        pin.firstSight().at().getEpochSecond(),
        pin.firstSight().by().wire());
  }

  /**
   * Reads.
   *
   * @throws RefusedException {@code malformed_request} when a member is missing or out of bounds
   */
  public RememberedPin toPin() {
    if (root == null || first_seen_by == null || gen < 0) {
      throw malformed("root, gen and first_seen_by are required");
    }
    return new RememberedPin(
        Digest.parseBase64Url(root),
        gen,
        time(remembered_until),
        new FirstSight(
            time(first_seen),
            FirstSight.By.byWire(first_seen_by)
                .orElseThrow(() -> malformed("first_seen_by is not one that there is"))));
  }

  private static Instant time(long seconds) {
    if (seconds < 0 || seconds > LAST_SECOND) {
      throw malformed("a time is 0 to " + LAST_SECOND);
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static RefusedException malformed(String why) {
    return RefusedException.of(RefusalCode.MALFORMED_REQUEST, "not a remembered pin: " + why);
  }
}
