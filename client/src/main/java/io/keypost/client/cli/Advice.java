package io.keypost.client.cli;

import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;

/**
 * What to do about a refusal, where that is known. One code may end several commands: what is
 * advised must fit the command that it ended, and where nothing is known to fit, nothing is said.
 */
final class Advice {
  private Advice() {}

  /**
   * @param command the words of the command, as {@code keypost alias point}
   * @return empty when there is no advice
   */
  static String of(Refusal refusal, String command) {
    return switch (refusal) {
      case Refusal.RetryAfter later -> temporary(later);
      case Refusal.NeedsClient anew -> "Send it again: it is sealed anew for what is so now.";
      case Refusal.Permanent permanent ->
          switch (command) {
            case "keypost send" -> sending(permanent.code());
            case "keypost read" -> reading(permanent.code());
            default ->
                command.startsWith("keypost operator ")
                    ? operating(permanent.code())
                    : usual(permanent.code());
          };
    };
  }

  /** Some of these are temporary for a service that keeps mail, and more than that for a person. */
  private static String temporary(Refusal.RetryAfter later) {
    return switch (later.code()) {
      case PIN_MISSING, PIN_MALFORMED ->
          "Only a domain with a Keypost record in DNS can be reached: check how it is written, or"
              + " ask its operator.";
      case CONTINUITY_BROKEN ->
          "It may be somebody else's domain now: ask its operator by another way before you go on.";
      case FIRST_SIGHT_INSECURE ->
          "Ask its operator to sign the domain's zone with DNSSEC, or to confirm the record over"
              + " HTTPS.";
      case TARGET_NOT_ALLOWED ->
          "What may be connected to is said by --allow-networks and --allow-ports: keypost config"
              + " shows it.";
      case DNS_UNAVAILABLE ->
          "Check the network and the DNS server (--dns): keypost config shows which is asked.";
      case CLOCK_WRONG -> "Set that clock right.";
      default ->
          "This is temporary: try again in " + Math.max(1, later.after().toSeconds()) + " s.";
    };
  }

  private static String sending(RefusalCode code) {
    return switch (code) {
      case KEY_CHANGE_UNSIGNED -> "Nothing was sent.";
      case RECIPIENT_UNKNOWN, RECIPIENT_REVOKED ->
          "Nothing was sent: check the address with keypost whois.";
      default -> usual(code);
    };
  }

  private static String reading(RefusalCode code) {
    return switch (code) {
      case DECRYPTION_FAILED,
          DIGEST_MISMATCH,
          SIZE_MISMATCH,
          INNER_SIGNATURE_INVALID,
          INTENDED_RECIPIENT_MISSING,
          IDENTITY_MISMATCH,
          MESSAGE_MALFORMED,
          SENDER_KEY_EXPIRED,
          SENDER_KEY_NOT_SIGNING,
          SENDER_KEY_REVOKED,
          SENDER_KEY_UNKNOWN,
          SENDER_UNKNOWN,
          SIGNATURE_INVALID,
          SIGNATURE_MALFORMED ->
          "The message is not shown to be authentic: nothing of it is shown.";
      default -> usual(code);
    };
  }

  private static String operating(RefusalCode code) {
    return switch (code) {
      case UNAUTHENTICATED, FORBIDDEN -> "Check the admin token's file (--admin-token-file).";
      case CONSENT_MISSING -> usual(code);
      default -> "";
    };
  }

  private static String usual(RefusalCode code) {
    return switch (code) {
      case CODE_INVALID ->
          "A one-time code is good once, and not for long: ask the operator for another.";
      case CONSENT_MISSING -> "The target's user consents with: keypost alias consent ALIAS";
      case ASSERTION_INVALID, TOKEN_INVALID ->
          "If the address was revoked or suspended, only its domain's operator can help. If this"
              + " device was removed, begin anew in another --home: keypost recover, or keypost"
              + " device add, with your recovery code.";
      default -> "";
    };
  }
}
