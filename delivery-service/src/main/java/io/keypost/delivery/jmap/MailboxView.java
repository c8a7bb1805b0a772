package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** The one mailbox of an account as a JMAP Mailbox (RFC 8621 section 2). */
final class MailboxView {
  static final Set<String> PROPERTIES =
      Set.of(
          "id",
          "name",
          "parentId",
          "role",
          "sortOrder",
          "totalEmails",
          "unreadEmails",
          "totalThreads",
          "unreadThreads",
          "myRights",
          "isSubscribed");

  private MailboxView() {}

  /** The inbox with the properties that are asked for; nothing in it is marked as read here. */
  static ObjectNode inbox(long emails, Set<String> asked) {
    ObjectNode inbox = JsonNodeFactory.instance.objectNode();
    inbox.put("id", Ids.INBOX).put("name", "Inbox").putNull("parentId").put("role", Ids.INBOX);
    inbox.put("sortOrder", 0);
    for (String count : List.of("totalEmails", "unreadEmails", "totalThreads", "unreadThreads")) {
      inbox.put(count, emails);
    }
    ObjectNode rights = inbox.putObject("myRights");
    rights.put("mayReadItems", true);
    for (String right :
        List.of(
            "mayAddItems",
            "mayRemoveItems",
            "maySetSeen",
            "maySetKeywords",
            "mayCreateChild",
            "mayRename",
            "mayDelete",
            "maySubmit")) {
      rights.put(right, false);
    }
    inbox.put("isSubscribed", true);
    ObjectNode shown = inbox.deepCopy();
    inbox
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals("id") && !asked.contains(name)) {
                shown.remove(name);
              }
            });
    return shown;
  }
}
