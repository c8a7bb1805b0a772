package io.keypost.client.cli;

import io.keypost.protocol.refusal.RefusalCode;

/** What to do about a refusal that trying again does not mend. */
final class Advice {
  private Advice() {}

  static String of(RefusalCode code) {
    return switch (code) {
      case NOT_FOUND, CODE_INVALID ->
          "Check what you typed; a one-time code is good once: ask its operator for another.";
      case SECRET_KEY_UNUSABLE -> "Check passphrase and home directory (--home).";
      case KEY_CHANGE_UNSIGNED -> "Nothing was sent.";
      case CONSENT_MISSING -> "The target's user consents with: keypost alias consent ALIAS";
      case UNAUTHENTICATED, FORBIDDEN -> "Check the admin token's file (--admin-token-file).";
      case RECIPIENT_UNKNOWN, RECIPIENT_REVOKED ->
          "Nothing was sent: check the address with keypost whois.";
      case DECRYPTION_FAILED,
          DIGEST_MISMATCH,
          SIZE_MISMATCH,
          INNER_SIGNATURE_INVALID,
          INTENDED_RECIPIENT_MISSING,
          IDENTITY_MISMATCH,
          MESSAGE_MALFORMED,
          SENDER_KEY_REVOKED,
          SENDER_UNKNOWN,
          SIGNATURE_INVALID,
          SIGNATURE_MALFORMED ->
          "The message is not authentic: nothing of it is shown.";
      default -> "";
    };
  }
}
