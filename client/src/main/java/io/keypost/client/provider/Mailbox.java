package io.keypost.client.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.keypost.client.json.Json;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The user's mailbox by JMAP (RFC 8620, RFC 8621), with the sealed form of each message (KP-MBX).
 */
public final class Mailbox {
  /** Largest payload that is fetched, in octets; it is held in memory on the way to its file. */
  public static final long MAX_PAYLOAD_OCTETS = 256L << 20;

  private static final String CORE = "urn:ietf:params:jmap:core";
  private static final String MAIL = "urn:ietf:params:jmap:mail";
  private static final String SEALED = "https://keypost.io/jmap/sealed";

  /** Messages asked for in one request. */
  private static final int PAGE = 50;

  /** RFC 8620 section 1.2. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,255}");

  private static final Duration DOWNLOAD_TIMEOUT = Duration.ofMinutes(10);

  private final ProviderConnection provider;
  private @Nullable Session session;

  /** At this provider. */
  public Mailbox(ProviderConnection provider) {
    this.provider = provider;
  }

  private record Session(String accountId, URI api, String downloadTemplate) {}

  private record SessionAnswer(
      @Nullable Map<String, String> primaryAccounts,
      @Nullable String apiUrl,
      @Nullable String downloadUrl) {}

  private record MethodAnswer(@Nullable List<List<JsonNode>> methodResponses) {}

  private record QueryAnswer(@Nullable List<String> ids) {}

  private record GetAnswer(@Nullable List<Email> list) {}

  private record Email(
      @Nullable String id,
      @Nullable String receivedAt,
      @Nullable String keypostEnvelope,
      @Nullable String keypostSignature,
      @Nullable String sealedBlobId) {}

  /**
   * A message as the mailbox has it; nothing of it is verified.
   *
   * @param id JMAP id
   * @param receivedAt when the provider says it came
   * @param signed envelope and signature
   * @param blob names the payload
   */
  public record Entry(String id, Instant receivedAt, SignedEnvelope signed, String blob) {}

  /**
   * All messages, oldest first.
   *
   * @throws RefusedException what the provider refuses
   */
  public List<Entry> list() {
    List<Entry> all = new ArrayList<>();
    while (true) {
      List<String> ids = query(all.size());
      if (ids.isEmpty()) {
        return all;
      }
      all.addAll(get(ids));
      if (ids.size() < PAGE) {
        return all;
      }
    }
  }

  /** The payload of a message, of the size that its envelope says. */
  public Bytes payload(Entry entry) {
    long size = entry.signed().envelope().payloadSize();
    if (size > MAX_PAYLOAD_OCTETS) {
      throw RefusedException.of(RefusalCode.PAYLOAD_TOO_LARGE, "a payload of " + size + " octets");
    }
    Session current = session();
    String path =
        current
            .downloadTemplate()
            .replace("{accountId}", current.accountId())
            .replace("{blobId}", entry.blob())
            .replace("{name}", "payload")
            .replace("{type}", ProviderConnection.encoded("application/octet-stream"));
    PeerRequest usual = PeerRequest.get(path);
    return exchange(
            new PeerRequest(
                usual.method(),
                usual.path(),
                Map.of("accept", "*/*"),
                usual.body(),
                Math.toIntExact(size),
                DOWNLOAD_TIMEOUT))
        .body();
  }

  private List<String> query(int position) {
    QueryAnswer answer =
        call(
            "Email/query",
            Map.of(
                "accountId",
                session().accountId(),
                "sort",
                List.of(Map.of("property", "receivedAt", "isAscending", true)),
                "position",
                position,
                "limit",
                PAGE),
            QueryAnswer.class);
    return Json.required(answer.ids, "ids");
  }

  private List<Entry> get(List<String> ids) {
    GetAnswer answer =
        call(
            "Email/get",
            Map.of(
                "accountId", session().accountId(),
                "ids", ids,
                "properties",
                    List.of(
                        "id", "receivedAt", "keypostEnvelope", "keypostSignature", "sealedBlobId")),
            GetAnswer.class);
    return Json.required(answer.list, "list").stream().map(Mailbox::entry).toList();
  }

  private static Entry entry(Email email) {
    try {
      return new Entry(
          id(email.id),
          Instant.parse(Json.required(email.receivedAt, "receivedAt")),
          SignedEnvelope.decode(
              Bytes.parseBase64(Json.required(email.keypostEnvelope, "keypostEnvelope")),
              Bytes.parseBase64(Json.required(email.keypostSignature, "keypostSignature"))),
          id(email.sealedBlobId));
    } catch (DateTimeParseException e) {
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE, "the mailbox's answer has a time that is none", e);
    }
  }

  /** An id becomes a file name: nothing but what RFC 8620 lets it be. */
  private static String id(@Nullable String id) {
    String given = Json.required(id, "id");
    if (!ID.matcher(given).matches()) {
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE, "the mailbox's answer has an id that is none");
    }
    return given;
  }

  private <T> T call(String method, Map<String, Object> arguments, Class<T> type) {
    Map<String, Object> body =
        Map.of(
            "using", List.of(CORE, MAIL, SEALED),
            "methodCalls", List.of(List.of(method, arguments, "0")));
    PeerAnswer answer =
        exchange(
            PeerRequest.post(
                session().api().getRawPath(), "application/json", Bytes.utf8(Json.write(body))));
    List<List<JsonNode>> responses =
        Json.required(
            Json.read(answer.body(), MethodAnswer.class).methodResponses, "methodResponses");
    if (responses.size() != 1 || responses.getFirst().size() != 3) {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "the mailbox does not answer " + method);
    }
    List<JsonNode> response = responses.getFirst();
    if (!response.getFirst().asText().equals(method)) {
      throw RefusedException.of(
          RefusalCode.UNAVAILABLE, "the mailbox answers " + method + " with " + response.get(1));
    }
    return Json.read(Bytes.utf8(response.get(1).toString()), type);
  }

  private Session session() {
    Session known = session;
    if (known != null) {
      return known;
    }
    SessionAnswer answer =
        Json.read(exchange(PeerRequest.get("/.well-known/jmap")).body(), SessionAnswer.class);
    String account = Json.required(answer.primaryAccounts, "primaryAccounts").get(MAIL);
    URI origin = provider.grant(TokenAudience.MAILBOX).mailboxUrl();
    Session fresh =
        new Session(
            Json.required(account, "primary account"),
            origin.resolve(samePlace(origin, Json.required(answer.apiUrl, "apiUrl"))),
            samePlace(origin, Json.required(answer.downloadUrl, "downloadUrl")));
    session = fresh;
    return fresh;
  }

  /** The path of a URL or template on the same server: the token goes nowhere else. */
  private static String samePlace(URI origin, String url) {
    String prefix = origin.getScheme() + "://" + origin.getRawAuthority();
    if (url.startsWith(prefix + "/")) {
      return url.substring(prefix.length());
    }
    if (url.startsWith("/") && !url.startsWith("//")) {
      return url;
    }
    throw RefusedException.of(
        RefusalCode.TARGET_NOT_ALLOWED, "the mailbox sends elsewhere: " + url);
  }

  /** A request to the mailbox service, with its token. */
  PeerAnswer exchange(PeerRequest request) {
    AccessGrant grant = provider.grant(TokenAudience.MAILBOX);
    PeerRequest authorized =
        ProviderConnection.patient(request).withHeader("authorization", "Bearer " + grant.bearer());
    return Waiting.on(
        provider
            .trust()
            .thenCompose(
                trust ->
                    provider
                        .directory()
                        .http()
                        .exchange(
                            authorized,
                            List.of(ProviderConnection.target(grant.mailboxUrl())),
                            trust))
            .thenApply(ProviderConnection::requireSuccess),
        request.timeout().compareTo(Waiting.USUAL) > 0 ? request.timeout() : Waiting.USUAL);
  }
}
