package io.keypost.directory;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.Revoked;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.Optional;

/**
 * An address as it was found.
 *
 * @param verified the address's record, verified under its domain
 * @param domain the domain that says so
 * @param certificate the user's OpenPGP certificate, parsed once; present for a mailbox only
 */
public record AddressView(
    Verified<AddressRecord> verified, DomainView domain, Optional<UserCertificate> certificate) {
  /** What is said of the address. */
  public AddressRecord record() {
    return verified.record();
  }

  /**
   * Whether the address's domain has revoked this subkey, or the primary key that binds it, in
   * {@code kp-revocations} (KP-REC-20).
   *
   * @param subkey its fingerprint
   */
  public boolean revokes(Bytes subkey) {
    return revoked().revokes(subkey)
        || certificate.filter(own -> revoked().revokes(own.fingerprint())).isPresent();
  }

  private Revoked revoked() {
    return domain.verified().revoked();
  }

  /**
   * What the address's own keys have said, each statement verified; empty for one that never had a
   * key.
   *
   * @throws RefusedException {@code statement_invalid}
   */
  public Optional<KeyHistory> history() {
    return record().statements().isEmpty()
        ? Optional.empty()
        : Optional.of(
            KeyHistory.verify(
                record().address(),
                record().statements().stream().map(KeyStatement::parse).toList()));
  }

  /**
   * Verifies that the address's own key, as it is now, has consented to an alias (KP-REC-11): by
   * the certificate of a mailbox, by the statements of an address that points elsewhere itself.
   *
   * @param consent what the address's domain vouches for
   * @throws RefusedException {@code consent_invalid}, also when its domain has revoked that key or
   *     there is none
   */
  public void requireConsent(Address alias, ConsentRecord consent, Instant now) {
    Optional<KeyHistory> statements = certificate.isPresent() ? Optional.empty() : history();
    Bytes key =
        certificate
            .map(UserCertificate::fingerprint)
            .or(() -> statements.map(KeyHistory::primaryFingerprint))
            .orElseThrow(() -> noConsent("has no key that could consent to " + alias));
    if (revoked().revokes(key)) {
      throw noConsent("had its key revoked by its domain, whatever it consented to");
    }
    certificate.ifPresent(
        own -> ConsentSignatures.verify(alias, consent.serial(), consent.signature(), own, now));
    statements.ifPresent(
        own -> ConsentSignatures.verify(alias, consent.serial(), consent.signature(), own, now));
  }

  private RefusedException noConsent(String why) {
    return RefusedException.of(RefusalCode.CONSENT_INVALID, record().address() + " " + why);
  }

  /** Short, for logs. */
  @Override
  public String toString() {
    return record().address()
        + " gen "
        + record().gen()
        + " seq "
        + record().seq()
        + " ("
        + verified.digest()
        + ")";
  }
}
