package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.JsonNode;
import io.keypost.delivery.jmap.MethodError.Type;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments of a method call, read one by one with the standard's types.
 *
 * @param json an object
 */
record Arguments(JsonNode json) {

  /** Refuses arguments that the method does not have: a client must know that they did nothing. */
  Arguments requireOnly(Set<String> names) {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                throw MethodError.invalid("no argument is called " + name);
              }
            });
    return this;
  }

  /** Checks that the call is about the caller's own account (KP-MBX-1). */
  Arguments requireAccount(String own) {
    if (!json.path("accountId").isTextual()) {
      throw MethodError.invalid("accountId is a string");
    }
    if (!json.path("accountId").asText().equals(own)) {
      throw new MethodError(Type.ACCOUNT_NOT_FOUND, "no such account");
    }
    return this;
  }

  boolean has(String name) {
    return json.hasNonNull(name);
  }

  Optional<String> text(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    if (!json.get(name).isTextual()) {
      throw MethodError.invalid(name + " is a string");
    }
    return Optional.of(json.get(name).asText());
  }

  Optional<Instant> time(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return Instant.parse(text);
              } catch (DateTimeParseException e) {
                throw MethodError.invalid(name + " is a UTCDate");
              }
            });
  }

  /** An Int of RFC 8620 section 1.3. */
  long integer(String name, long otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    if (!json.get(name).canConvertToLong() || !json.get(name).isIntegralNumber()) {
      throw MethodError.invalid(name + " is an integer");
    }
    return json.get(name).asLong();
  }

  /** An UnsignedInt of RFC 8620 section 1.3. */
  long unsigned(String name, long otherwise) {
    long value = integer(name, otherwise);
    if (value < 0) {
      throw MethodError.invalid(name + " is not negative");
    }
    return value;
  }

  boolean flag(String name) {
    if (!has(name)) {
      return false;
    }
    if (!json.get(name).isBoolean()) {
      throw MethodError.invalid(name + " is true or false");
    }
    return json.get(name).asBoolean();
  }

  /** A list of strings; empty when it is absent or null. */
  Optional<List<String>> texts(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    if (!json.get(name).isArray()) {
      throw MethodError.invalid(name + " is a list");
    }
    List<String> values = new ArrayList<>();
    for (JsonNode value : json.get(name)) {
      if (!value.isTextual()) {
        throw MethodError.invalid(name + " is a list of strings");
      }
      values.add(value.asText());
    }
    return Optional.of(values);
  }

  Optional<Arguments> object(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    if (!json.get(name).isObject()) {
      throw MethodError.invalid(name + " is an object");
    }
    return Optional.of(new Arguments(json.get(name)));
  }

  List<Arguments> objects(String name) {
    List<Arguments> values = new ArrayList<>();
    if (has(name)) {
      for (JsonNode value : json.get(name)) {
        if (!value.isObject()) {
          throw MethodError.invalid(name + " is a list of objects");
        }
        values.add(new Arguments(value));
      }
    }
    return values;
  }
}
