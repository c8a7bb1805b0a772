package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.jmap.MethodError.Type;
import java.util.List;

/**
 * References to results of earlier calls of one request (RFC 8620 section 3.7). A result that holds
 * references may be referred to again, so a few lines could stand for more than there is memory:
 * what all of a request's references bring is bounded.
 */
final class ResultReferences {
  /** What the references of one request may bring in all: characters of text, and nodes. */
  static final int MAX_BROUGHT = 1 << 20;

  private static final char MARK = '#';
  private static final int MAX_PATH_SEGMENTS = 16;

  private int left = MAX_BROUGHT;

  /**
   * The arguments with every reference replaced by what it leads to.
   *
   * @param earlier the responses so far: each [name, result, call id]
   * @throws MethodError {@code invalidResultReference}; {@code requestTooLarge} where the
   *     references of the request bring more than {@value #MAX_BROUGHT} characters and nodes
   */
  JsonNode resolve(JsonNode arguments, List<ArrayNode> earlier) {
    ObjectNode resolved = JsonNodeFactory.instance.objectNode();
    arguments
        .properties()
        .forEach(
            argument -> {
              String name = argument.getKey();
              if (name.isEmpty() || name.charAt(0) != MARK) {
                resolved.set(name, argument.getValue());
                return;
              }
              String plain = name.substring(1);
              if (arguments.has(plain)) {
                throw MethodError.invalid(plain + " is given twice");
              }
              JsonNode found = follow(argument.getValue(), earlier);
              weigh(found);
              resolved.set(plain, found);
            });
    return resolved;
  }

  /**
   * Stops as soon as it is too much: shared parts are weighed once for each place they stand in.
   */
  private void weigh(JsonNode node) {
    spend(1 + (node.isTextual() ? node.textValue().length() : 0));
    for (var member : node.properties()) {
      spend(member.getKey().length());
      weigh(member.getValue());
    }
    if (node.isArray()) {
      node.forEach(this::weigh);
    }
  }

  private void spend(int amount) {
    left -= amount;
    if (left < 0) {
      throw new MethodError(
          Type.REQUEST_TOO_LARGE, "the references bring more than " + MAX_BROUGHT + " characters");
    }
  }

  private JsonNode follow(JsonNode reference, List<ArrayNode> earlier) {
    for (ArrayNode response : earlier) {
      if (response.get(2).equals(reference.path("resultOf"))
          && response.get(0).equals(reference.path("name"))) {
        String path = reference.path("path").asText("");
        if (!path.startsWith("/")) {
          break;
        }
        String[] segments = path.substring(1).split("/", -1);
        if (segments.length <= MAX_PATH_SEGMENTS) {
          return walk(response.get(1), segments, 0);
        }
      }
    }
    throw nowhere();
  }

  /** A JSON pointer (RFC 6901) in which {@code *} stands for each of a list. */
  private JsonNode walk(JsonNode from, String[] segments, int index) {
    spend(1);
    if (index == segments.length) {
      return from;
    }
    String segment = segments[index].replace("~1", "/").replace("~0", "~");
    if (from.isArray() && segment.equals("*")) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      for (JsonNode one : from) {
        JsonNode found = walk(one, segments, index + 1);
        if (found.isArray()) {
          found.forEach(all::add);
        } else {
          all.add(found);
        }
      }
      return all;
    }
    JsonNode next =
        from.isArray() && segment.matches("0|[1-9][0-9]{0,8}")
            ? from.path(Integer.parseInt(segment))
            : from.path(segment);
    if (next.isMissingNode()) {
      throw nowhere();
    }
    return walk(next, segments, index + 1);
  }

  private static MethodError nowhere() {
    return new MethodError(Type.INVALID_RESULT_REFERENCE, "the reference leads nowhere");
  }
}
