package io.keypost.keyserver.token;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.Arrays;
import java.util.Locale;

/** What a token is for: one of these, at the user's own provider. */
public enum Audience {
  /** To post submissions. */
  SUBMISSION,
  /** To read a mailbox and its outcomes. */
  MAILBOX,
  /** To ask the directory, and to change consents. */
  DIRECTORY,
  /** To fetch the keyring and to change keys: for who holds the recovery code. */
  KEYRING;

  /** The name in requests. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The {@code aud} of a token. */
  public String claim(MailDomain operator) {
    return "keypost://" + operator + "/" + wire();
  }

  /**
   * Reads the name in a request.
   *
   * @throws RefusedException {@code malformed_request}
   */
  public static Audience parse(String wire) {
    return Arrays.stream(values())
        .filter(audience -> audience.wire().equals(wire))
        .findFirst()
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.MALFORMED_REQUEST,
                    "audience is one of submission, mailbox, directory, keyring"));
  }
}
