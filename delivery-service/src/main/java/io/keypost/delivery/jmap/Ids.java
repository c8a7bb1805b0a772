package io.keypost.delivery.jmap;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.util.Optional;

/**
 * Ids of JMAP (RFC 8620 section 1.2): a letter that says what it names, then a digest in base64url.
 * They are made from what they name, so nothing has to be stored for them, and they lead somewhere
 * only together with the account of the user who asks.
 */
final class Ids {
  /** The one mailbox of an account. */
  static final String INBOX = "inbox";

  private static final char ACCOUNT = 'u';
  private static final char EMAIL = 'e';
  private static final char RENDERED = 'b';
  private static final char SEALED = 'p';

  private Ids() {}

  /** What a blob holds. */
  sealed interface Blob {
    /** The message as PGP/MIME. */
    record Rendered(Digest mail) implements Blob {}

    /** The payload as stored. */
    record Sealed(Digest mail) implements Blob {}
  }

  static String account(Address user) {
    return ACCOUNT + Digest.sha256(Bytes.utf8(user.toString())).base64Url();
  }

  static String email(Digest mail) {
    return EMAIL + mail.base64Url();
  }

  static String rendered(Digest mail) {
    return RENDERED + mail.base64Url();
  }

  static String sealed(Digest mail) {
    return SEALED + mail.base64Url();
  }

  /** The message that an id names; empty for what is no such id. */
  static Optional<Digest> parseEmail(String id) {
    return parse(EMAIL, id);
  }

  /** The blob that an id names; empty for what is no such id. */
  static Optional<Blob> parseBlob(String id) {
    Optional<Blob> rendered = parse(RENDERED, id).map(Blob.Rendered::new);
    return rendered.or(() -> parse(SEALED, id).map(Blob.Sealed::new));
  }

  private static Optional<Digest> parse(char kind, String id) {
    if (id.isEmpty() || id.charAt(0) != kind) {
      return Optional.empty();
    }
    try {
      return Optional.of(Digest.parseBase64Url(id.substring(1)));
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }
}
