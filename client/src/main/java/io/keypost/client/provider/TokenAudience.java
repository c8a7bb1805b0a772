package io.keypost.client.provider;

/** What an access token is for; one token, one audience (KP-TOK-3). */
public enum TokenAudience {
  /** Handing messages in. */
  SUBMISSION("submission"),
  /** Mailbox and outcomes. */
  MAILBOX("mailbox"),
  /** Look-ups, devices and consents. */
  DIRECTORY("directory"),
  /** The keyring, for who holds the recovery code. */
  KEYRING("keyring");

  private final String word;

  TokenAudience(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
