package io.keypost.client.mime;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;

/**
 * Puts a foreign message into the message that is sealed, and takes it out again:
 *
 * <pre>
 *  Keypost-Id: base64url of the message id
 *  From: the sender
 *  To: what was written to
 *  Date: when
 *  Subject: the foreign message's own
 *  MIME-Version: 1.0
 *  Content-Type: message/rfc822; hp="cipher"
 *  Content-Transfer-Encoding: binary
 *
 *  the foreign message, octet for octet
 * </pre>
 *
 * The body begins after the first empty line and ends with the message: no boundary, no encoding,
 * nothing to normalise. {@code hp="cipher"} (RFC 9788 section 2.1.1) says that all header fields
 * are inside the encryption.
 */
public final class MessageWrapper {
  /** Field that holds the message id. */
  public static final String ID_FIELD = "Keypost-Id";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern DOT_ATOM =
      Pattern.compile(
          "[^\\x00-\\x20()<>\\[\\]:;@\\\\,.\"\\x7f]+(\\.[^\\x00-\\x20()<>\\[\\]:;@\\\\,.\"\\x7f]+)*");
  private static final Pattern FOREIGN_TYPE =
      Pattern.compile("(?i)message/rfc822\\s*(;.*)?", Pattern.DOTALL);
  private static final int MAX_SUBJECT_CHARACTERS = 800;

  private MessageWrapper() {}

  /**
   * What the wrapper says.
   *
   * @param id in the envelope too
   * @param from in the envelope too
   * @param to what the sender wrote to
   * @param subject of the foreign message, as it stands there; empty for none
   */
  public record Wrapping(
      MessageId id, Address from, List<Address> to, Instant date, String subject) {}

  /**
   * What was inside.
   *
   * @param message the foreign message octet for octet, or the whole content when it wraps none
   * @param form which of the two
   */
  public record Unwrapped(Bytes message, Form form) {}

  /** Whether a message was wrapped. */
  public enum Form {
    /** A foreign message travelled in it. */
    FOREIGN,
    /** The content is itself the message. */
    NATIVE
  }

  /** The message to seal. {@code foreign} is read as the result is. */
  public static InputStream wrap(Wrapping wrapping, InputStream foreign) {
    return new SequenceInputStream(header(wrapping).asInputStream(), foreign);
  }

  private static Bytes header(Wrapping wrapping) {
    String to =
        wrapping.to.stream().map(MessageWrapper::addrSpec).collect(Collectors.joining(",\r\n "));
    String subject = wrapping.subject.replaceAll("[\\r\\n\\x00]", " ").strip();
    return Bytes.utf8(
        ID_FIELD
            + ": "
            + wrapping.id.base64Url()
            + "\r\nFrom: "
            + addrSpec(wrapping.from)
            + "\r\nTo: "
            + to
            + "\r\nDate: "
            + DATE.format(wrapping.date)
            + (subject.isEmpty() ? "" : "\r\nSubject: " + cut(subject))
            + "\r\nMIME-Version: 1.0"
            + "\r\nContent-Type: message/rfc822; hp=\"cipher\""
            + "\r\nContent-Transfer-Encoding: binary\r\n\r\n");
  }

  private static String cut(String subject) {
    return subject.codePointCount(0, subject.length()) <= MAX_SUBJECT_CHARACTERS
        ? subject
        : subject.substring(0, subject.offsetByCodePoints(0, MAX_SUBJECT_CHARACTERS));
  }

  /** RFC 5322 section 3.4.1, with UTF-8 as RFC 6532 lets it be. */
  static String addrSpec(Address address) {
    String local = address.local();
    String written =
        DOT_ATOM.matcher(local).matches()
            ? local
            : "\"" + local.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    return written + "@" + address.domain();
  }

  /**
   * Checks what was inside against the envelope, and takes the message out (KP-RDR-5).
   *
   * @throws RefusedException {@code identity_mismatch} when id or sender are not those of the
   *     envelope, or occur more or less than once; {@code message_malformed} when the header cannot
   *     be read
   */
  public static Unwrapped unwrap(Bytes content, Envelope envelope) {
    try {
      MimeTokenStream tokens = new MimeTokenStream(ForeignHeaders.CONFIG);
      tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
      tokens.parse(content.asInputStream());
      ForeignHeaders headers = ForeignHeaders.readHeader(tokens);
      requireId(headers, envelope);
      requireSender(headers, envelope);
      List<String> types = headers.all("Content-Type");
      if (types.size() != 1 || !FOREIGN_TYPE.matcher(types.getFirst()).matches()) {
        return new Unwrapped(content, Form.NATIVE);
      }
      return new Unwrapped(body(tokens), Form.FOREIGN);
    } catch (IOException | MimeException e) {
      throw RefusedException.of(RefusalCode.MESSAGE_MALFORMED, "not an RFC 5322 message", e);
    }
  }

  private static Bytes body(MimeTokenStream tokens) throws IOException, MimeException {
    EntityState state = tokens.next();
    // Without a body there is nothing after the empty line.
    return state == EntityState.T_BODY
        ? Bytes.copyOf(tokens.getInputStream().readAllBytes())
        : Bytes.empty();
  }

  private static void requireId(ForeignHeaders headers, Envelope envelope) {
    List<String> ids = headers.all(ID_FIELD);
    if (ids.size() != 1 || !ids.getFirst().equals(envelope.messageId().base64Url())) {
      throw mismatch(
          "the message inside has another " + ID_FIELD + " than the envelope, or none, or several");
    }
  }

  private static void requireSender(ForeignHeaders headers, Envelope envelope) {
    List<String> from = headers.all("From");
    if (from.size() != 1) {
      throw mismatch("the message inside has " + from.size() + " From fields");
    }
    String body = from.getFirst();
    if (body.equals(addrSpec(envelope.sender()))) {
      return;
    }
    List<Mailbox> mailboxes = ForeignHeaders.mailboxes(body);
    if (mailboxes.size() != 1 || !isSender(mailboxes.getFirst(), envelope.sender())) {
      throw mismatch(
          "the message inside is from somebody else than the envelope's sender "
              + envelope.sender());
    }
  }

  private static boolean isSender(Mailbox mailbox, Address sender) {
    try {
      return Address.parse(mailbox.getAddress()).equals(sender);
    } catch (RefusedException e) {
      return false;
    }
  }

  private static RefusedException mismatch(String detail) {
    return RefusedException.of(RefusalCode.IDENTITY_MISMATCH, detail);
  }
}
