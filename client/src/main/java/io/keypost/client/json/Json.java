package io.keypost.client.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** JSON of servers' answers and of the home directory, as records. */
public final class Json {
  private static final int MAX_DEPTH = 32;

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          // A later server may say more.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .setSerializationInclusion(JsonInclude.Include.NON_NULL);

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
  }

  private Json() {}

  /**
   * Reads an answer.
   *
   * @throws RefusedException {@code unavailable} when it is not of that form: a server that answers
   *     so is out of order
   */
  public static <T> T read(Bytes json, Class<T> type) {
    try {
      @Nullable T value = MAPPER.readValue(json.toByteArray(), type);
      if (value != null) {
        return value;
      }
    } catch (IOException e) {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "the server's answer cannot be read", e);
    }
    throw RefusedException.of(RefusalCode.UNAVAILABLE, "the server's answer is empty");
  }

  /** Writes a record or map, indented. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a value that JSON can say", e);
    }
  }

  /**
   * The member of an answer that must be there.
   *
   * @throws RefusedException {@code unavailable} when it is not
   */
  public static <T> T required(@Nullable T member, String name) {
    if (member == null) {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "the server's answer has no " + name);
    }
    return member;
  }
}
