package io.keypost.delivery.jmap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.jmap.MethodError.Type;
import io.keypost.protocol.address.Address;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Does the calls of a request one after the other (RFC 8620 section 3). */
@ApplicationScoped
class JmapRequests {
  private static final Logger LOG = Logger.getLogger(JmapRequests.class);
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final JmapMethods methods;
  private final int maxCalls;

  JmapRequests(JmapMethods methods, DeliveryConfig config) {
    this.methods = methods;
    this.maxCalls = config.jmap().maxCallsInRequest();
  }

  /**
   * Answers a request.
   *
   * @param sessionState of the session that the user would get now
   * @throws RequestError when it cannot be answered as a whole
   */
  ObjectNode answer(String body, Address user, String sessionState) {
    JsonNode calls = calls(body);
    List<ArrayNode> responses = new ArrayList<>();
    ResultReferences references = new ResultReferences();
    for (JsonNode call : calls) {
      responses.add(answer(call, references, responses, user));
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.putArray("methodResponses").addAll(responses);
    answer.put("sessionState", sessionState);
    return answer;
  }

  private JsonNode calls(String body) {
    JsonNode request;
    try {
      request = STRICT.readTree(body);
    } catch (JsonProcessingException e) {
      throw new RequestError(RequestError.Type.NOT_JSON, "the body is not I-JSON");
    }
    JsonNode using = request.path("using");
    JsonNode calls = request.path("methodCalls");
    if (!using.isArray() || !calls.isArray()) {
      throw new RequestError(
          RequestError.Type.NOT_REQUEST, "using and methodCalls are lists, and both are there");
    }
    for (JsonNode capability : using) {
      if (!JmapSession.CAPABILITIES.contains(capability.asText())) {
        throw new RequestError(
            RequestError.Type.UNKNOWN_CAPABILITY, "capabilities are " + JmapSession.CAPABILITIES);
      }
    }
    if (calls.size() > maxCalls) {
      throw new RequestError(RequestError.Type.LIMIT, "maxCallsInRequest");
    }
    for (JsonNode call : calls) {
      if (call.size() != 3
          || !call.path(0).isTextual()
          || !call.path(1).isObject()
          || !call.path(2).isTextual()) {
        throw new RequestError(
            RequestError.Type.NOT_REQUEST, "a call is a name, arguments and an id");
      }
    }
    return calls;
  }

  private ArrayNode answer(
      JsonNode call, ResultReferences references, List<ArrayNode> earlier, Address user) {
    String method = call.get(0).asText();
    ArrayNode response = JsonNodeFactory.instance.arrayNode();
    try {
      JsonNode arguments = references.resolve(call.get(1), earlier);
      JsonNode result = methods.call(method, arguments, user);
      return response.add(method).add(result).add(call.get(2));
    } catch (MethodError e) {
      return response.add("error").add(error(e)).add(call.get(2));
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s failed", method);
      MethodError fault = new MethodError(Type.SERVER_FAIL, "a fault of this server; it is logged");
      return response.add("error").add(error(fault)).add(call.get(2));
    }
  }

  private static ObjectNode error(MethodError e) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", e.type().word())
        .put("description", e.description());
  }
}
