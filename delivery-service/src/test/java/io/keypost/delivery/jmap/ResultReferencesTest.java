package io.keypost.delivery.jmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResultReferencesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResultReferences references = new ResultReferences();
  private final List<ArrayNode> earlier = new ArrayList<>();

  @Test
  void bringsWhatAnEarlierCallFound() {
    ObjectNode found = JSON.objectNode();
    found.putArray("ids").add("a").add("b");
    answered("q", found);

    JsonNode resolved = references.resolve(arguments("ids", reference("q", "/ids")), earlier);

    assertThat(resolved.path("ids")).isEqualTo(found.path("ids"));
  }

  @Test
  @DisplayName("T19: a long text that is referred to again and again")
  void refusesWhatBringsMoreThanARequestMayHold() {
    answered("long", JSON.objectNode().put("text", "x".repeat(ResultReferences.MAX_BROUGHT / 3)));
    references.resolve(arguments("a", reference("long", "/text")), earlier);
    references.resolve(arguments("a", reference("long", "/text")), earlier);

    assertTooLarge(arguments("a", reference("long", "/text")));
  }

  @Test
  @DisplayName("T19: thousands of references to one text in one call")
  void refusesManyReferencesToOneText() {
    answered("text", JSON.objectNode().put("text", "x".repeat(1000)));
    ObjectNode arguments = JSON.objectNode();
    for (int i = 0; i < 2000; i++) {
      arguments.set("#a" + i, reference("text", "/text"));
    }

    assertTooLarge(arguments);
  }

  private void assertTooLarge(ObjectNode arguments) {
    assertThatThrownBy(() -> references.resolve(arguments, earlier))
        .isInstanceOfSatisfying(
            MethodError.class,
            error -> assertThat(error.type()).isEqualTo(MethodError.Type.REQUEST_TOO_LARGE));
  }

  private void answered(String call, JsonNode result) {
    earlier.add(JSON.arrayNode().add("Core/echo").add(result).add(call));
  }

  private static ObjectNode arguments(String name, ObjectNode reference) {
    ObjectNode arguments = JSON.objectNode();
    arguments.set("#" + name, reference);
    return arguments;
  }

  private static ObjectNode reference(String call, String path) {
    return JSON.objectNode().put("resultOf", call).put("name", "Core/echo").put("path", path);
  }
}
