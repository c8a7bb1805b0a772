package io.keypost.directory;

import io.keypost.directory.dns.DnsSecurity;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;

/** Something that a person must look at: no retry mends it, and somebody may have meant it. */
public sealed interface Incident {
  /** When it was found, by this machine's clock. */
  Instant at();

  /** One word for metrics. */
  String word();

  /**
   * A domain shows a root that the remembered one never announced (KP-PIN-10): mail for it waits.
   *
   * @param domain whose
   * @param remembered the root that is remembered
   * @param rememberedUntil past: the domain may have lapsed and be somebody else's (T31)
   * @param shown the root that the pin names, under which a record was verified
   * @param security of the pin that names it
   */
  record BrokenContinuity(
      MailDomain domain,
      Digest remembered,
      Instant rememberedUntil,
      Digest shown,
      DnsSecurity security,
      Instant at)
      implements Incident {
    @Override
    public String word() {
      return "continuity_broken";
    }
  }

  /**
   * Two verified records under one {@code (gen, seq)} say different things (KP-REC-7): with both
   * anybody can prove it, who trusts the domain's root (T07).
   *
   * @param kind {@code typ} of the records
   * @param subject what they are about: a domain, an address or an operator
   * @param kept JWS of the one that was verified first
   * @param contradicting JWS of the other
   */
  record Equivocation(
      String kind,
      String subject,
      long gen,
      long seq,
      String kept,
      String contradicting,
      Instant at)
      implements Incident {
    @Override
    public String word() {
      return "equivocation";
    }
  }
}
