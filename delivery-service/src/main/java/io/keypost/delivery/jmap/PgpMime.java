package io.keypost.delivery.jmap;

import io.keypost.delivery.custody.StoredMail;
import io.keypost.protocol.message.Envelope;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;

/**
 * A sealed message as a PGP/MIME message (RFC 3156 section 4): what any mail program can list and
 * store. The outer headers say what the envelope says and no more (KP-MBX-2); the payload is
 * armored (RFC 9580 section 6, without the checksum that version 6 does without).
 */
final class PgpMime {
  private static final String CRLF = "\r\n";
  private static final int LINE_CHARACTERS = 76;
  private static final int COPY_OCTETS = 64 * 1024;

  /** What stands for a subject that only the reader's client can show (RFC 9788). */
  static final String SUBJECT = "[...]";

  private final byte[] before;
  private final byte[] after;
  private final long payloadOctets;

  private PgpMime(byte[] before, byte[] after, long payloadOctets) {
    this.before = before;
    this.after = after;
    this.payloadOctets = payloadOctets;
  }

  /** The rendering of one message. */
  static PgpMime of(StoredMail mail) {
    Envelope envelope = mail.sealed().envelope();
    String boundary = "keypost-" + mail.digest().hex().substring(0, 32);
    String headers =
        "From: <"
            + envelope.sender()
            + ">"
            + CRLF
            + "To: <"
            + envelope.addressedAs()
            + ">"
            + CRLF
            + "Date: "
            + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                envelope.created().atOffset(ZoneOffset.UTC))
            + CRLF
            + "Message-ID: <"
            + messageId(envelope)
            + ">"
            + CRLF
            + "Subject: "
            + SUBJECT
            + CRLF
            + "MIME-Version: 1.0"
            + CRLF
            + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";"
            + CRLF
            + " boundary=\""
            + boundary
            + "\""
            + CRLF
            + CRLF;
    String version =
        "--"
            + boundary
            + CRLF
            + "Content-Type: application/pgp-encrypted"
            + CRLF
            + CRLF
            + "Version: 1"
            + CRLF
            + CRLF;
    String data =
        "--"
            + boundary
            + CRLF
            + "Content-Type: application/octet-stream; name=\"encrypted.asc\""
            + CRLF
            + "Content-Disposition: inline; filename=\"encrypted.asc\""
            + CRLF
            + CRLF
            + "-----BEGIN PGP MESSAGE-----"
            + CRLF
            + CRLF;
    String end = CRLF + "-----END PGP MESSAGE-----" + CRLF + CRLF + "--" + boundary + "--" + CRLF;
    return new PgpMime(
        (headers + version + data).getBytes(StandardCharsets.UTF_8),
        end.getBytes(StandardCharsets.UTF_8),
        mail.payload().length());
  }

  /** The message id as RFC 5322 has it, without angle brackets. */
  static String messageId(Envelope envelope) {
    return envelope.messageId().base64Url() + "@" + envelope.sender().domain();
  }

  /** Octets of the whole message. */
  long size() {
    long characters = Math.ceilDiv(payloadOctets, 3) * 4;
    long lineEnds = characters == 0 ? 0 : (characters - 1) / LINE_CHARACTERS * CRLF.length();
    return before.length + characters + lineEnds + after.length;
  }

  /** Writes the message; holds one piece of the payload at a time. */
  void write(InputStream payload, OutputStream out) throws IOException {
    out.write(before);
    Base64.Encoder lines =
        Base64.getMimeEncoder(LINE_CHARACTERS, CRLF.getBytes(StandardCharsets.US_ASCII));
    try (OutputStream armor = lines.wrap(new Unclosed(out))) {
      byte[] piece = new byte[COPY_OCTETS];
      for (int count = payload.read(piece); count >= 0; count = payload.read(piece)) {
        armor.write(piece, 0, count);
      }
    }
    out.write(after);
  }

  /** The encoder must be closed to write its end, and the message goes on after it. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      out.write(octets, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
