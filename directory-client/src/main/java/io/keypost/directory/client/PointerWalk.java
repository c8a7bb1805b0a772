package io.keypost.directory.client;

import io.keypost.directory.AddressView;
import io.keypost.directory.Resolution;
import io.keypost.directory.Resolution.FollowedPointer;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.AddressRecord.Alias;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What may be said of a row of pointers. No I/O: the records were looked up before, one after the
 * other, because each names the next.
 */
final class PointerWalk {
  private PointerWalk() {}

  /**
   * Where the last of {@code passed} leads to.
   *
   * @param passed the addresses so far, the first that which was asked for
   * @throws RefusedException {@code alias_loop} when it leads back, or too far
   */
  static Address next(List<AddressView> passed, Alias alias) {
    Address asked = passed.getFirst().record().address();
    if (passed.size() > Resolution.MAX_POINTERS) {
      throw RefusedException.of(
          RefusalCode.ALIAS_LOOP,
          asked + " leads over more than " + Resolution.MAX_POINTERS + " pointers");
    }
    if (passed.stream().anyMatch(view -> view.record().address().equals(alias.target()))) {
      throw RefusedException.of(RefusalCode.ALIAS_LOOP, asked + " leads in a circle");
    }
    return alias.target();
  }

  /**
   * Checks each pointer's consent and puts the whole together.
   *
   * @param passed all addresses, the last of which is no pointer
   * @throws RefusedException {@code consent_invalid}, or a temporary one when the target's domain
   *     no longer vouches for the consent
   */
  static Resolution arrive(Address asked, List<AddressView> passed, Instant now) {
    List<FollowedPointer> pointers = new ArrayList<>();
    for (int i = 0; i + 1 < passed.size(); i++) {
      AddressView from = passed.get(i);
      if (from.record().content() instanceof Alias alias) {
        pointers.add(new FollowedPointer(from, consentOf(from, alias, passed.get(i + 1), now)));
      }
    }
    return new Resolution(asked, pointers, passed.getLast());
  }

  private static Verified<ConsentRecord> consentOf(
      AddressView from, Alias alias, AddressView target, Instant now) {
    Address pointing = from.record().address();
    Verified<ConsentRecord> consent =
        RecordVerifier.verifyConsent(
            alias.consent(), target.domain().verified(), pointing, alias.target(), now);
    ConsentRecord record = consent.record();
    switch (target.record().content()) {
      case AddressRecord.Mailbox _, Alias _ -> target.requireConsent(pointing, record, now);
      // A target that is gone gets no mail, and has no key that could be asked.
      case AddressRecord.Unknown _, AddressRecord.Revoked _ -> {}
    }
    return consent;
  }
}
