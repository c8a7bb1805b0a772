package io.keypost.client.provider;

/** What an access token is for; one token, one audience (KP-TOK-3). */
public enum TokenAudience {
  /** Handing messages in. */
  SUBMISSION("submission"),
  /** Mailbox and outcomes. */
  MAILBOX("mailbox"),
  /** Look-ups, certificate and consents. */
  DIRECTORY("directory");

  private final String word;

  TokenAudience(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
