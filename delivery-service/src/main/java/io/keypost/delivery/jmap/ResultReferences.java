package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.jmap.MethodError.Type;
import java.util.List;

/** References to results of earlier calls of the same request (RFC 8620 section 3.7). */
final class ResultReferences {
  private static final char MARK = '#';
  private static final int MAX_PATH_SEGMENTS = 16;

  private ResultReferences() {}

  /**
   * The arguments with every reference replaced by what it leads to.
   *
   * @param earlier the responses so far: each [name, result, call id]
   */
  static JsonNode resolve(JsonNode arguments, List<ArrayNode> earlier) {
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
              resolved.set(plain, follow(argument.getValue(), earlier));
            });
    return resolved;
  }

  private static JsonNode follow(JsonNode reference, List<ArrayNode> earlier) {
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
  private static JsonNode walk(JsonNode from, String[] segments, int index) {
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
