package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.custody.StoredMail;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A sealed message as a JMAP Email (RFC 8621 section 4): what the envelope says, and for a client
 * that can open it, envelope, signature and payload as they are (capability {@value
 * JmapSession#SEALED}).
 */
final class EmailView {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final Map<String, BiConsumer<StoredMail, ObjectNode>> PROPERTIES = properties();

  /**
   * What a client gets that names no properties: the standard's default, and what opens the mail.
   */
  private static final Set<String> DEFAULT = Set.copyOf(PROPERTIES.keySet());

  private EmailView() {}

  /**
   * Checks the names of the properties that a client asks for.
   *
   * @throws MethodError {@code invalidArguments} for one that this server cannot give
   */
  static Set<String> requireKnown(List<String> names) {
    for (String name : names) {
      if (!PROPERTIES.containsKey(name)) {
        throw MethodError.invalid("no property is called " + name + ", or it needs the plaintext");
      }
    }
    return Set.copyOf(names);
  }

  static Set<String> defaultProperties() {
    return DEFAULT;
  }

  /** The object, with its id and the properties that are asked for. */
  static ObjectNode of(StoredMail mail, Set<String> asked) {
    ObjectNode email = JSON.objectNode();
    PROPERTIES.forEach(
        (name, write) -> {
          if (name.equals("id") || asked.contains(name)) {
            write.accept(mail, email);
          }
        });
    return email;
  }

  private static Map<String, BiConsumer<StoredMail, ObjectNode>> properties() {
    Map<String, BiConsumer<StoredMail, ObjectNode>> properties = new LinkedHashMap<>();
    properties.put("id", (mail, json) -> json.put("id", Ids.email(mail.digest())));
    properties.put("blobId", (mail, json) -> json.put("blobId", Ids.rendered(mail.digest())));
    // Which messages belong together is inside the encryption: each is a thread of its own.
    properties.put("threadId", (mail, json) -> json.put("threadId", Ids.email(mail.digest())));
    properties.put("mailboxIds", (_, json) -> json.putObject("mailboxIds").put(Ids.INBOX, true));
    properties.put("keywords", (_, json) -> json.putObject("keywords"));
    properties.put("size", (mail, json) -> json.put("size", PgpMime.of(mail).size()));
    properties.put("receivedAt", (mail, json) -> json.put("receivedAt", utc(mail.receivedAt())));
    properties.put(
        "messageId",
        (mail, json) -> json.putArray("messageId").add(PgpMime.messageId(envelope(mail))));
    for (String absent : List.of("inReplyTo", "references", "sender", "cc", "bcc", "replyTo")) {
      properties.put(absent, (_, json) -> json.putNull(absent));
    }
    properties.put("from", (mail, json) -> putAddress(json, "from", envelope(mail).sender()));
    properties.put("to", (mail, json) -> putAddress(json, "to", envelope(mail).addressedAs()));
    properties.put("subject", (_, json) -> json.put("subject", PgpMime.SUBJECT));
    properties.put("sentAt", (mail, json) -> json.put("sentAt", utc(envelope(mail).created())));
    properties.put("hasAttachment", (_, json) -> json.put("hasAttachment", false));
    properties.put("preview", (_, json) -> json.put("preview", ""));
    properties.put("bodyValues", (_, json) -> json.putObject("bodyValues"));
    for (String none : List.of("textBody", "htmlBody", "attachments")) {
      properties.put(none, (_, json) -> json.putArray(none));
    }
    properties.put(
        "keypostEnvelope",
        (mail, json) -> json.put("keypostEnvelope", mail.sealed().encoded().base64()));
    properties.put(
        "keypostSignature",
        (mail, json) -> json.put("keypostSignature", mail.sealed().signature().base64()));
    properties.put(
        "sealedBlobId", (mail, json) -> json.put("sealedBlobId", Ids.sealed(mail.digest())));
    return properties;
  }

  private static Envelope envelope(StoredMail mail) {
    return mail.sealed().envelope();
  }

  private static void putAddress(ObjectNode json, String property, Address address) {
    json.putArray(property).addObject().putNull("name").put("email", address.toString());
  }

  /** A UTCDate (RFC 8620 section 1.4). */
  static String utc(Instant time) {
    return DateTimeFormatter.ISO_INSTANT.format(
        time.truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC));
  }
}
