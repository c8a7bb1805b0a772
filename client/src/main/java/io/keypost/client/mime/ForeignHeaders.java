package io.keypost.client.mime;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.dom.address.AddressList;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.field.address.LenientAddressParser;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.stream.RecursionMode;
import org.apache.james.mime4j.util.ByteSequence;
import org.apache.james.mime4j.util.ContentUtil;

/**
 * The header of a message, read leniently: a foreign message is what it is. Field bodies are
 * unfolded and decoded as UTF-8 (RFC 6532).
 *
 * @param fields in order
 */
public record ForeignHeaders(List<HeaderField> fields) {
  private static final int MAX_HEADER_OCTETS = 256 * 1024;
  private static final int MAX_FIELDS = 2000;

  static final MimeConfig CONFIG =
      MimeConfig.custom()
          .setMaxLineLen(-1)
          .setMaxHeaderLen(MAX_HEADER_OCTETS)
          .setMaxHeaderCount(MAX_FIELDS)
          .build();

  /** One field. */
  public record HeaderField(String name, String body) {}

  /**
   * Reads the header only.
   *
   * @throws RefusedException {@code message_malformed} when there is none that can be read
   */
  public static ForeignHeaders read(InputStream message) throws IOException {
    try {
      MimeTokenStream tokens = new MimeTokenStream(CONFIG);
      tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
      tokens.parse(message);
      return readHeader(tokens);
    } catch (MimeException e) {
      throw RefusedException.of(RefusalCode.MESSAGE_MALFORMED, "not an RFC 5322 header", e);
    }
  }

  static ForeignHeaders readHeader(MimeTokenStream tokens) throws IOException, MimeException {
    List<HeaderField> fields = new ArrayList<>();
    for (EntityState state = tokens.getState();
        state != EntityState.T_END_HEADER;
        state = tokens.next()) {
      if (state == EntityState.T_FIELD) {
        fields.add(field(tokens.getField()));
      } else if (state == EntityState.T_END_OF_STREAM) {
        throw RefusedException.of(RefusalCode.MESSAGE_MALFORMED, "no header");
      }
    }
    return new ForeignHeaders(List.copyOf(fields));
  }

  private static HeaderField field(Field field) {
    String raw = new String(field.getRaw().toByteArray(), StandardCharsets.UTF_8);
    int colon = raw.indexOf(':');
    return new HeaderField(
        field.getName(), raw.substring(colon + 1).replaceAll("\\r?\\n(?=[ \\t])", "").strip());
  }

  /** Bodies of the fields of this name. */
  public List<String> all(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return fields.stream()
        .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(wanted))
        .map(HeaderField::body)
        .toList();
  }

  /**
   * Addresses in the fields of these names, each once, in order.
   *
   * @throws RefusedException {@code malformed_address} when one cannot be used
   */
  public Set<Address> addresses(String... names) {
    Set<Address> found = new LinkedHashSet<>();
    for (String name : names) {
      for (String body : all(name)) {
        for (Mailbox mailbox : mailboxes(body)) {
          found.add(Address.parse(mailbox.getAddress()));
        }
      }
    }
    return found;
  }

  static List<Mailbox> mailboxes(String body) {
    try {
      ByteSequence octets = ContentUtil.encode(StandardCharsets.UTF_8, body);
      AddressList list =
          LenientAddressParser.DEFAULT.parseAddressList(
              octets, new ParserCursor(0, octets.length()));
      return List.copyOf(list.flatten());
    } catch (RuntimeException e) {
      throw RefusedException.of(RefusalCode.MALFORMED_ADDRESS, "not a list of addresses", e);
    }
  }
}
