package io.keypost.client.provider;

import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the user's messages, as his own provider says; receipts are verified elsewhere.
 */
public final class Outcomes {
  private static final int PAGE = 100;

  private final Mailbox mailbox;

  /** At the service that {@code mailbox} uses. */
  public Outcomes(Mailbox mailbox) {
    this.mailbox = mailbox;
  }

  private record Page(@Nullable List<Reported> outcomes, @Nullable String next) {}

  /**
   * One envelope's outcome, unverified.
   *
   * @param message_id base64url
   * @param recipient the mailbox
   * @param addressed_as what was written to
   * @param envelope_digest base64url
   * @param state {@code in_flight}, {@code unconfirmed}, {@code delivered}, {@code refused}, {@code
   *     expired} or {@code needs_client}
   * @param code of a refusal
   * @param detail in words
   * @param decided_at RFC 3339
   * @param receipt JWS
   * @param chain receipt certificate and CA, DER in base64
   */
  public record Reported(
      @Nullable String message_id,
      @Nullable String recipient,
      @Nullable String addressed_as,
      @Nullable String envelope_digest,
      @Nullable String state,
      @Nullable String code,
      @Nullable String detail,
      @Nullable String decided_at,
      @Nullable String receipt,
      @Nullable List<String> chain) {}

  /** All of them, oldest first. */
  public List<Reported> list() {
    List<Reported> all = new ArrayList<>();
    String after = "";
    while (true) {
      String path =
          "/v1/outcomes?limit="
              + PAGE
              + (after.isEmpty() ? "" : "&after=" + ProviderConnection.encoded(after));
      Page page = Json.read(mailbox.exchange(PeerRequest.get(path)).body(), Page.class);
      List<Reported> outcomes = Json.required(page.outcomes, "outcomes");
      all.addAll(outcomes);
      if (page.next == null || outcomes.isEmpty() || page.next.equals(after)) {
        return all;
      }
      after = page.next;
    }
  }
}
