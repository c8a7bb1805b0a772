package io.keypost.stack.dns;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;

/**
 * A record set and its signature, which is made when it is first asked for and again when half its
 * life is over. Two threads that ask at once may both sign; either result is good.
 */
final class SignedSet {

  /**
   * Makes one signature; what a zone's {@link ZoneSecurity} means for it is decided by the zone.
   */
  @FunctionalInterface
  interface Signer {
    RRSIGRecord sign(RRset set, Instant now);
  }

  private record Signature(RRSIGRecord record, Instant madeAt) {}

  private final RRset set;
  private final @Nullable Signer signer;
  private volatile @Nullable Signature signature;

  /**
   * @param signer null for a set that is not signed: in an unsigned zone, or the parent's copy of a
   *     child's name servers
   */
  SignedSet(RRset set, @Nullable Signer signer) {
    this.set = set;
    this.signer = signer;
  }

  List<Record> records() {
    return set.rrs(false);
  }

  RRset set() {
    return set;
  }

  @Nullable RRSIGRecord signature(Instant now) {
    if (signer == null) {
      return null;
    }
    var current = signature;
    if (current == null || current.madeAt().plus(ZoneKey.LIFE.dividedBy(2)).isBefore(now)) {
      current = new Signature(signer.sign(set, now), now);
      signature = current;
    }
    return current.record();
  }
}
