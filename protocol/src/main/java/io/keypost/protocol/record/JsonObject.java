package io.keypost.protocol.record;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A JSON object that is read strictly: no member twice, none of another type, none left over,
 * nothing after the object, valid UTF-8, integers without fraction or exponent. What does not fit
 * throws {@link IllegalArgumentException}, which {@link Jws} and {@link RecordVerifier} turn into a
 * refusal.
 */
final class JsonObject {
  /** Deepest nesting of any record: array of objects within an array of objects. */
  private static final int MAX_DEPTH = 6;

  private static final int MAX_DIGITS = 16;

  private static final ObjectMapper STRICT =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // The detail of a refusal must not quote what it refuses.
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_DIGITS)
                          .maxNameLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private final ObjectNode node;
  private final Set<String> read = new HashSet<>();

  private JsonObject(ObjectNode node) {
    this.node = node;
  }

  /**
   * Parses {@code utf8}, hands the object to {@code reader} and sees that nothing was left over.
   */
  static <T> T parse(Bytes utf8, Function<JsonObject, T> reader) {
    try {
      // Decoded first: Jackson would guess UTF-16 and UTF-32 from octets.
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8.asByteBuffer()).toString();
      if (STRICT.readTree(text) instanceof ObjectNode object) {
        return readAll(object, reader);
      }
      throw new IllegalArgumentException("not an object");
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON in its strict form", e);
    }
  }

  private static <T> T readAll(ObjectNode object, Function<JsonObject, T> reader) {
    JsonObject json = new JsonObject(object);
    T value = reader.apply(json);
    if (json.read.size() != object.size()) {
      throw new IllegalArgumentException("a member that version 1 does not have");
    }
    return value;
  }

  /** An object with the members that {@code writer} gives it, in their order. */
  static Bytes print(Consumer<ObjectNode> writer) {
    ObjectNode node = STRICT.createObjectNode();
    writer.accept(node);
    try {
      return Bytes.copyOf(STRICT.writeValueAsBytes(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of our own prints", e);
    }
  }

  boolean has(String name) {
    return node.has(name);
  }

  String text(String name) {
    return textOf(member(name));
  }

  long integer(String name) {
    return integerOf(member(name));
  }

  int smallInteger(String name) {
    return Math.toIntExact(integer(name));
  }

  Instant time(String name) {
    return Instant.ofEpochSecond(integer(name));
  }

  Bytes bytes(String name, int maxOctets) {
    Bytes bytes = Bytes.parseBase64Url(text(name));
    Bounds.range("octets of " + name, bytes.size(), 0, maxOctets);
    return bytes;
  }

  Digest digest(String name) {
    return Digest.parseBase64Url(text(name));
  }

  MailDomain domain(String name) {
    return MailDomain.parseCanonical(text(name));
  }

  Address address(String name) {
    return Address.parseCanonical(text(name));
  }

  /** A constant by its name in lower case. */
  <E extends Enum<E>> E word(String name, Class<E> type) {
    String text = text(name);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> word(constant).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " is none of its words"));
  }

  <T> T object(String name, Function<JsonObject, T> reader) {
    return objectOf(member(name), reader);
  }

  <T> List<T> list(String name, int max, Function<String, T> reader) {
    return elements(name, max, element -> reader.apply(textOf(element)));
  }

  <T> List<T> objects(String name, int max, Function<JsonObject, T> reader) {
    return elements(name, max, element -> objectOf(element, reader));
  }

  List<Integer> smallIntegers(String name, int max) {
    return elements(name, max, element -> Math.toIntExact(integerOf(element)));
  }

  private <T> List<T> elements(String name, int max, Function<JsonNode, T> reader) {
    if (!(member(name) instanceof ArrayNode array) || array.size() > max) {
      throw new IllegalArgumentException(name + " is no array of at most " + max);
    }
    List<T> elements = new ArrayList<>(array.size());
    array.forEach(element -> elements.add(reader.apply(element)));
    return elements;
  }

  private JsonNode member(String name) {
    JsonNode value = node.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no member " + name);
    }
    read.add(name);
    return value;
  }

  private static <T> T objectOf(JsonNode value, Function<JsonObject, T> reader) {
    if (value instanceof ObjectNode object) {
      return readAll(object, reader);
    }
    throw new IllegalArgumentException("not an object where one belongs");
  }

  private static String textOf(JsonNode value) {
    if (!value.isTextual()) {
      throw new IllegalArgumentException("not a string where one belongs");
    }
    return value.textValue();
  }

  private static long integerOf(JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("not an integer where one belongs");
    }
    Bounds.counted("an integer", value.longValue());
    return value.longValue();
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static void putTimes(ObjectNode json, Instant issuedAt, Instant expiry) {
    json.put("iat", issuedAt.getEpochSecond());
    json.put("exp", expiry.getEpochSecond());
  }

  static void putOrder(ObjectNode json, SuccessiveRecord record) {
    json.put("gen", record.gen());
    json.put("seq", record.seq());
  }

  static <T> void putAll(
      ObjectNode json, String name, Collection<T> values, Function<T, String> print) {
    ArrayNode array = json.putArray(name);
    values.forEach(value -> array.add(print.apply(value)));
  }

  static <T> void putObjects(
      ObjectNode json, String name, Collection<T> values, BiConsumer<T, ObjectNode> print) {
    ArrayNode array = json.putArray(name);
    values.forEach(value -> print.accept(value, array.addObject()));
  }
}
