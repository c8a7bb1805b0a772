package io.keypost.directory.keyserver;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusalKind;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Key servers' answers. Members that version 1 does not have are passed over: unlike a record, an
 * answer is not signed and may grow.
 */
final class KeyServerJson {
  /** Deepest nesting: an array of objects with a problem object in each. */
  private static final int MAX_DEPTH = 8;

  /** Longest string: the longest record, see RecordKind. */
  private static final int MAX_STRING_CHARACTERS = 600 * 1024;

  private static final ObjectMapper STRICT =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_STRING_CHARACTERS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private KeyServerJson() {}

  /** The one string member that an answer is about. */
  static String member(PeerAnswer answer, String name) {
    return text(object(answer), name, answer);
  }

  /** The body of a look-up of addresses. */
  static Bytes lookup(Collection<Address> addresses) {
    ObjectNode body = STRICT.createObjectNode();
    addresses.forEach(address -> body.withArray("addresses").add(address.toString()));
    try {
      return Bytes.copyOf(STRICT.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of our own prints", e);
    }
  }

  /** Reads the answer to a look-up of addresses. */
  static LookupAnswer lookupAnswer(PeerAnswer answer) {
    ObjectNode json = object(answer);
    Map<Address, AddressAnswer> addresses = new LinkedHashMap<>();
    for (JsonNode entry : json.path("answers")) {
      if (addresses.size() == LookupAnswer.MAX_ANSWERS) {
        throw malformed(answer, "too many answers");
      }
      Address address = address(entry, answer);
      AddressAnswer found =
          entry.has("record")
              ? new AddressAnswer.Found(text(entry, "record", answer))
              : new AddressAnswer.Problem(problemOf(entry.path("problem"), address.toString()));
      addresses.putIfAbsent(address, found);
    }
    return new LookupAnswer(
        addresses,
        byDomain(json.path("domains"), answer),
        byDomain(json.path("servers"), answer),
        byDomain(json.path("revocations"), answer));
  }

  private static Address address(JsonNode entry, PeerAnswer answer) {
    try {
      return Address.parseCanonical(text(entry, "address", answer));
    } catch (RefusedException e) {
      throw malformed(answer, "not an address");
    }
  }

  private static Map<MailDomain, String> byDomain(JsonNode json, PeerAnswer answer) {
    Map<MailDomain, String> records = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    if (names.size() > LookupAnswer.MAX_ANSWERS) {
      throw malformed(answer, "too many domains");
    }
    for (String name : names) {
      try {
        records.put(MailDomain.parseCanonical(name), text(json, name, answer));
      } catch (RefusedException e) {
        throw malformed(answer, "not a domain");
      }
    }
    return records;
  }

  /** The refusal of an answer without success, temporary whatever the key server says. */
  static RefusedException refusal(PeerAnswer answer) {
    String who = answer.target().toString();
    try {
      return problemOf(object(answer), who);
    } catch (RefusedException e) {
      return RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, who + " answers with status " + answer.status());
    }
  }

  /**
   * Codes that ask for patience are passed on; what else a key server thinks is not our verdict.
   */
  private static RefusedException problemOf(JsonNode problem, String about) {
    String code = problem.path("code").asText("");
    String detail = problem.path("detail").asText("");
    Optional<RefusalCode> known =
        RefusalCode.byWire(code).filter(c -> c.kind() == RefusalKind.RETRY_AFTER);
    return RefusedException.of(
        known.orElse(RefusalCode.DIRECTORY_UNAVAILABLE),
        about + ": " + code + (detail.isEmpty() ? "" : " (" + detail + ")"));
  }

  private static ObjectNode object(PeerAnswer answer) {
    try {
      // Decoded first: Jackson would guess UTF-16 and UTF-32 from octets.
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(answer.body().asByteBuffer()).toString();
      if (STRICT.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (CharacterCodingException | JsonProcessingException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, answer.target() + " does not answer in JSON", e);
    }
    throw malformed(answer, "not an object");
  }

  private static String text(JsonNode json, String name, PeerAnswer answer) {
    JsonNode member = json.path(name);
    if (!member.isTextual()) {
      throw malformed(answer, "no " + (name.length() > 40 ? "such member" : name));
    }
    return member.textValue();
  }

  private static RefusedException malformed(PeerAnswer answer, String why) {
    return RefusedException.of(
        RefusalCode.DIRECTORY_UNAVAILABLE, answer.target() + " answers what is no answer: " + why);
  }
}
