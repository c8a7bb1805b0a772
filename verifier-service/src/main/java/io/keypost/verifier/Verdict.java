package io.keypost.verifier;

import io.keypost.protocol.refusal.Refusal;

/** What the verifier finds about one envelope. */
public sealed interface Verdict {

  /** Everything holds: on to the router. */
  record Verified() implements Verdict {}

  /**
   * Something does not hold and never will: an outcome is proposed to the sender.
   *
   * @param refusal permanent, of a code that may be an outcome
   */
  record Refused(Refusal.Permanent refusal) implements Verdict {}

  /** The envelope's life ended before anybody took it. */
  record Expired() implements Verdict {}

  /**
   * It cannot be judged now.
   *
   * @param refusal says what is missing, and how long to wait at least
   */
  record Later(Refusal.RetryAfter refusal) implements Verdict {}

  /**
   * The event contradicts what the ingress must have checked before it wrote it: not the sender's
   * doing, so for the dead letters and for people.
   */
  record Inconsistent(String what) implements Verdict {}
}
