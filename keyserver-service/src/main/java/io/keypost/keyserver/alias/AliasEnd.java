package io.keypost.keyserver.alias;

import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an alias ends whose target's key server shows no good consent (KP-KSV-22). Nothing that
 * is not signed ends it: the target's record says that the target is gone, or the consent that the
 * alias holds has run out, and was signed to do so.
 */
public final class AliasEnd {
  private AliasEnd() {}

  /**
   * Why the alias ends; empty while it does not.
   *
   * @param target the target's record, verified and fetched after the consent was asked for
   * @param consentEnd of the consent that the alias holds
   * @param lack what the key server refused, or what was wrong with the consent that it showed
   */
  public static Optional<String> reason(
      AddressRecord target, Instant consentEnd, RefusedException lack, Instant now) {
    if (target.content() instanceof AddressRecord.Unknown) {
      return Optional.of("there is no " + target.address() + " any more");
    }
    return now.isBefore(consentEnd)
        ? Optional.empty()
        : Optional.of(
            "the last consent of "
                + target.address()
                + " ended at "
                + consentEnd
                + ": "
                + lack.refusal().detail());
  }
}
