package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.DeliveryConfig;
import io.keypost.delivery.custody.MailList.Change;
import io.keypost.delivery.custody.MailList.Order;
import io.keypost.delivery.custody.MailList.Window;
import io.keypost.delivery.custody.StoredMail;
import io.keypost.delivery.jmap.MethodError.Type;
import io.keypost.delivery.store.MailReader;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The methods that a server can do which cannot read the mail. What it does not do it answers with
 * the standard's own error.
 */
@ApplicationScoped
class JmapMethods {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> QUERY =
      Set.of(
          "accountId", "filter", "sort", "position", "limit", "calculateTotal", "collapseThreads");
  private static final Set<String> GET = Set.of("accountId", "ids", "properties");
  private static final Set<String> CHANGES = Set.of("accountId", "sinceState", "maxChanges");
  private static final Set<String> EMAIL_GET =
      Set.of(
          "accountId",
          "ids",
          "properties",
          "bodyProperties",
          "fetchTextBodyValues",
          "fetchHTMLBodyValues",
          "fetchAllBodyValues",
          "maxBodyValueBytes");

  private final MailReader mail;
  private final int maxObjects;

  JmapMethods(MailReader mail, DeliveryConfig config) {
    this.mail = mail;
    this.maxObjects = config.jmap().maxObjectsInGet();
  }

  /**
   * Does one call for {@code user}.
   *
   * @throws MethodError that is the answer then
   */
  JsonNode call(String method, JsonNode json, Address user) {
    Arguments arguments = new Arguments(json);
    return switch (method) {
      case "Core/echo" -> json;
      case "Mailbox/get" -> mailboxGet(arguments, user);
      case "Mailbox/query" -> mailboxQuery(arguments, user);
      case "Email/query" -> emailQuery(arguments, user);
      case "Email/get" -> emailGet(arguments, user);
      case "Email/changes" -> emailChanges(arguments, user);
      default -> throw new MethodError(Type.UNKNOWN_METHOD, "this server does not do " + method);
    };
  }

  private ObjectNode mailboxGet(Arguments arguments, Address user) {
    arguments.requireOnly(GET).requireAccount(Ids.account(user));
    Set<String> asked =
        arguments.texts("properties").map(Set::copyOf).orElse(MailboxView.PROPERTIES);
    if (!MailboxView.PROPERTIES.containsAll(asked)) {
      throw MethodError.invalid("properties of a Mailbox are " + MailboxView.PROPERTIES);
    }
    ObjectNode result = result(user);
    result.put("state", state(user));
    ArrayNode list = result.putArray("list");
    ArrayNode notFound = result.putArray("notFound");
    List<String> ids = arguments.texts("ids").orElse(List.of(Ids.INBOX));
    requireNotMoreThan(ids.size());
    for (String id : ids.stream().distinct().toList()) {
      if (id.equals(Ids.INBOX)) {
        list.add(MailboxView.inbox(mail.count(user, Window.ALL), asked));
      } else {
        notFound.add(id);
      }
    }
    return result;
  }

  private ObjectNode mailboxQuery(Arguments arguments, Address user) {
    arguments
        .requireOnly(Set.of("accountId", "filter", "sort", "position", "limit", "calculateTotal"))
        .requireAccount(Ids.account(user));
    boolean matches = true;
    if (arguments.object("filter").isPresent()) {
      Arguments filter = arguments.object("filter").get();
      filter
          .json()
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!name.equals("role")) {
                  throw new MethodError(Type.UNSUPPORTED_FILTER, "only by role");
                }
              });
      matches = filter.text("role").map(Ids.INBOX::equals).orElse(false);
    }
    ObjectNode result = result(user);
    result.put("queryState", "0").put("canCalculateChanges", false).put("position", 0);
    ArrayNode ids = result.putArray("ids");
    if (matches && arguments.integer("position", 0) <= 0 && arguments.unsigned("limit", 1) > 0) {
      ids.add(Ids.INBOX);
    }
    if (arguments.flag("calculateTotal")) {
      result.put("total", matches ? 1 : 0);
    }
    return result;
  }

  private ObjectNode emailQuery(Arguments arguments, Address user) {
    arguments.requireOnly(QUERY).requireAccount(Ids.account(user));
    Optional<Window> window = EmailFilter.window(arguments.object("filter"));
    Order order = EmailFilter.order(arguments.objects("sort"));
    long limit = arguments.unsigned("limit", maxObjects);
    int capped = (int) Math.min(limit, maxObjects);
    String state = state(user);
    long total = window.isPresent() ? mail.count(user, window.get()) : 0;
    long asked = arguments.integer("position", 0);
    long position = asked < 0 ? Math.max(0, total + asked) : asked;
    ObjectNode result = result(user);
    result.put("queryState", state).put("canCalculateChanges", false).put("position", position);
    ArrayNode ids = result.putArray("ids");
    if (window.isPresent()) {
      mail.list(user, window.get(), order, position, capped)
          .forEach(digest -> ids.add(Ids.email(digest)));
    }
    if (arguments.flag("calculateTotal")) {
      result.put("total", total);
    }
    if (capped < limit) {
      result.put("limit", capped);
    }
    return result;
  }

  private ObjectNode emailGet(Arguments arguments, Address user) {
    arguments.requireOnly(EMAIL_GET).requireAccount(Ids.account(user));
    Set<String> properties =
        arguments
            .texts("properties")
            .map(EmailView::requireKnown)
            .orElse(EmailView.defaultProperties());
    // The state first: what arrives meanwhile is then told as a change, never missed.
    String state = state(user);
    List<String> ids = arguments.texts("ids").orElseGet(() -> allIds(user));
    requireNotMoreThan(ids.size());
    Map<Digest, StoredMail> found = new HashMap<>();
    mail.get(user, ids.stream().map(Ids::parseEmail).flatMap(Optional::stream).distinct().toList())
        .forEach(stored -> found.put(stored.digest(), stored));
    ObjectNode result = result(user);
    result.put("state", state);
    ArrayNode list = result.putArray("list");
    ArrayNode notFound = result.putArray("notFound");
    for (String id : ids.stream().distinct().toList()) {
      Optional<StoredMail> stored = Ids.parseEmail(id).map(found::get);
      stored.ifPresentOrElse(
          email -> list.add(EmailView.of(email, properties)), () -> notFound.add(id));
    }
    return result;
  }

  private List<String> allIds(Address user) {
    return mail.list(user, Window.ALL, Order.NEWEST_FIRST, 0, maxObjects + 1).stream()
        .map(Ids::email)
        .toList();
  }

  private ObjectNode emailChanges(Arguments arguments, Address user) {
    arguments.requireOnly(CHANGES).requireAccount(Ids.account(user));
    long current = mail.state(user);
    String since =
        arguments
            .text("sinceState")
            .orElseThrow(() -> MethodError.invalid("sinceState is missing"));
    if (!since.matches("[0-9]{1,18}") || Long.parseLong(since) > current) {
      throw new MethodError(Type.CANNOT_CALCULATE_CHANGES, "no such state");
    }
    long asked = arguments.unsigned("maxChanges", maxObjects);
    if (arguments.has("maxChanges") && asked == 0) {
      throw MethodError.invalid("maxChanges is greater than 0");
    }
    int limit = (int) Math.min(asked, maxObjects);
    List<Change> changes = mail.changes(user, Long.parseLong(since), limit);
    long reached =
        changes.size() < limit ? Math.max(current, last(changes, current)) : last(changes, current);
    ObjectNode result = result(user);
    result
        .put("oldState", since)
        .put("newState", Long.toString(reached))
        .put("hasMoreChanges", reached < current);
    ArrayNode created = result.putArray("created");
    changes.forEach(change -> created.add(Ids.email(change.created())));
    result.putArray("updated");
    result.putArray("destroyed");
    return result;
  }

  private static long last(List<Change> changes, long otherwise) {
    return changes.isEmpty() ? otherwise : changes.getLast().seq();
  }

  private String state(Address user) {
    return Long.toString(mail.state(user));
  }

  private void requireNotMoreThan(int objects) {
    if (objects > maxObjects) {
      throw new MethodError(Type.REQUEST_TOO_LARGE, "at most " + maxObjects + " objects");
    }
  }

  private static ObjectNode result(Address user) {
    return JSON.objectNode().put("accountId", Ids.account(user));
  }
}
