package io.keypost.client.json;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Problems (RFC 9457) back to refusals. */
public final class Problems {
  private static final int SHOWN_CHARACTERS = 200;

  private Problems() {}

  private record Problem(@Nullable String code, @Nullable String title, @Nullable String detail) {}

  /**
   * What an answer with an error status says.
   *
   * @param status HTTP status, 400 or above
   * @param body of the answer
   */
  public static RefusedException of(int status, Bytes body) {
    try {
      Problem problem = Json.read(body, Problem.class);
      Optional<RefusalCode> code = Optional.ofNullable(problem.code).flatMap(RefusalCode::byWire);
      String detail =
          Optional.ofNullable(problem.detail)
              .or(() -> Optional.ofNullable(problem.title))
              .orElse("");
      if (code.isPresent()) {
        return new RefusedException(Refusal.of(code.get(), detail));
      }
    } catch (RefusedException notAProblem) {
      return unknown(status, body, notAProblem);
    }
    return unknown(status, body, null);
  }

  private static RefusedException unknown(int status, Bytes body, @Nullable Throwable cause) {
    String text =
        new String(
            body.slice(0, Math.min(body.size(), SHOWN_CHARACTERS)).toByteArray(),
            StandardCharsets.UTF_8);
    RefusalCode code = status >= 500 ? RefusalCode.UNAVAILABLE : RefusalCode.MALFORMED_REQUEST;
    return new RefusedException(Refusal.of(code, "HTTP status " + status + " " + text), cause);
  }
}
