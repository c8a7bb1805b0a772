package io.keypost.delivery.jmap;

import io.keypost.delivery.custody.MailList.Order;
import io.keypost.delivery.custody.MailList.Window;
import io.keypost.delivery.jmap.MethodError.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Filter and sort of Email/query as far as they need no plaintext (RFC 8621 section 4.4). */
final class EmailFilter {
  private static final Set<String> CONDITIONS = Set.of("inMailbox", "before", "after");

  private EmailFilter() {}

  /**
   * What a filter lets pass; empty when it can be nothing.
   *
   * @throws MethodError {@code unsupportedFilter} for one that needs the plaintext
   */
  static Optional<Window> window(Optional<Arguments> filter) {
    if (filter.isEmpty()) {
      return Optional.of(Window.ALL);
    }
    Arguments conditions = filter.get();
    conditions
        .json()
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!CONDITIONS.contains(name)) {
                throw new MethodError(Type.UNSUPPORTED_FILTER, "not by " + name);
              }
            });
    if (conditions.text("inMailbox").filter(id -> !id.equals(Ids.INBOX)).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(new Window(conditions.time("before"), conditions.time("after")));
  }

  /**
   * The order; newest first when none is asked for.
   *
   * @throws MethodError {@code unsupportedSort} for one that needs the plaintext
   */
  static Order order(List<Arguments> sort) {
    if (sort.isEmpty()) {
      return Order.NEWEST_FIRST;
    }
    Arguments first = sort.getFirst();
    if (sort.size() > 1 || !first.text("property").equals(Optional.of("receivedAt"))) {
      throw new MethodError(Type.UNSUPPORTED_SORT, "only by receivedAt");
    }
    boolean ascending = !first.has("isAscending") || first.flag("isAscending");
    return ascending ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
  }
}
