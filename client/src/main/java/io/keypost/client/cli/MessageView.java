package io.keypost.client.cli;

import io.keypost.client.mime.ForeignHeaders;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;

/**
 * A message for a terminal: the usual header fields, plain text, and the names of other parts.
 * Whatever could steer a terminal is replaced.
 */
public final class MessageView {
  private static final List<String> SHOWN = List.of("From", "To", "Cc", "Date", "Subject");
  private static final Set<String> NAME_ADDRESSES = Set.of("From", "To", "Cc");
  private static final int MAX_TEXT_CHARACTERS = 64 * 1024;
  private static final int MAX_DEPTH = 20;

  private MessageView() {}

  /** The lines to show of a message; never more than its text parts hold, and 64 KiB of each. */
  public static List<String> lines(Bytes mime) {
    List<String> lines = new ArrayList<>();
    try {
      ForeignHeaders headers = ForeignHeaders.read(mime.asInputStream());
      for (String name : SHOWN) {
        for (String body : headers.all(name)) {
          lines.add(name + ": " + printable(inUnicode(headers, name, body)));
        }
      }
      lines.add("");
      addParts(new DefaultMessageBuilder().parseMessage(mime.asInputStream()), lines, 0);
    } catch (IOException | RefusedException e) {
      lines.add("(this message cannot be shown here: write it to a file with --raw)");
    }
    return lines;
  }

  /**
   * A field as a reader is shown it. Where an address in it has two forms, the Unicode one stands
   * in its place and the canonical one behind (KP-ADR-5).
   */
  private static String inUnicode(ForeignHeaders headers, String name, String body) {
    String text = DecoderUtil.decodeEncodedWords(body, DecodeMonitor.SILENT);
    if (!NAME_ADDRESSES.contains(name)) {
      return text;
    }
    List<String> canonical = new ArrayList<>();
    for (Address address : addresses(headers, name)) {
      if (!address.shown().equals(address.toString())) {
        text = text.replace(address.toString(), address.unicode());
        canonical.add(address.toString());
      }
    }
    return canonical.isEmpty() ? text : text + " (" + String.join(", ", canonical) + ")";
  }

  private static Set<Address> addresses(ForeignHeaders headers, String name) {
    try {
      return headers.addresses(name);
    } catch (RefusedException e) {
      // What names nobody is shown as it stands.
      return Set.of();
    }
  }

  private static void addParts(Entity entity, List<String> lines, int depth) throws IOException {
    Body body = entity.getBody();
    if (depth > MAX_DEPTH || body == null) {
      return;
    }
    switch (body) {
      case Multipart multipart -> {
        for (Entity part : multipart.getBodyParts()) {
          addParts(part, lines, depth + 1);
        }
      }
      case TextBody text when "text/plain".equals(entity.getMimeType()) -> lines.addAll(text(text));
      default -> lines.add("(" + printable(entity.getMimeType() + name(entity)) + ": see --raw)");
    }
  }

  private static String name(Entity entity) {
    return entity.getFilename() == null ? "" : " " + entity.getFilename();
  }

  private static List<String> text(TextBody text) throws IOException {
    char[] buffer = new char[MAX_TEXT_CHARACTERS];
    int length = 0;
    try (Reader reader = text.getReader()) {
      for (int n = reader.read(buffer, 0, buffer.length);
          n > 0;
          n = reader.read(buffer, length, buffer.length - length)) {
        length += n;
      }
    }
    List<String> lines =
        new String(buffer, 0, length)
            .lines()
            .map(MessageView::printable)
            .collect(Collectors.toCollection(ArrayList::new));
    if (length == MAX_TEXT_CHARACTERS) {
      lines.add("(… the rest: see --raw)");
    }
    return lines;
  }

  /** Without control and format characters, which could steer a terminal or turn text around. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.SURROGATE,
                      Character.PRIVATE_USE,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR,
                      Character.UNASSIGNED ->
                      c == '\t' ? ' ' : '\ufffd';
                  default -> c;
                })
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }
}
