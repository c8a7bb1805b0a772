package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.DeliveryConfig;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import java.util.Set;

/** The session object of a user (RFC 8620 section 2), and the capabilities that it names. */
final class JmapSession {
  static final String CORE = "urn:ietf:params:jmap:core";
  static final String MAIL = "urn:ietf:params:jmap:mail";

  /** Envelope, signature and payload of a sealed message, for clients that can open it. */
  static final String SEALED = "https://keypost.io/jmap/sealed";

  static final Set<String> CAPABILITIES = Set.of(CORE, MAIL, SEALED);

  /** Largest request body, as application.properties bounds it. */
  static final int MAX_REQUEST_OCTETS = 1 << 20;

  private static final int MAX_CONCURRENT_REQUESTS = 8;

  private JmapSession() {}

  /**
   * The session.
   *
   * @param base what the user reached this server by, without a slash at the end
   */
  static ObjectNode of(Address user, String base, DeliveryConfig.Jmap limits) {
    String account = Ids.account(user);
    ObjectNode session = JsonNodeFactory.instance.objectNode();
    ObjectNode capabilities = session.putObject("capabilities");
    capabilities
        .putObject(CORE)
        .put("maxSizeUpload", 0)
        .put("maxConcurrentUpload", 1)
        .put("maxSizeRequest", MAX_REQUEST_OCTETS)
        .put("maxConcurrentRequests", MAX_CONCURRENT_REQUESTS)
        .put("maxCallsInRequest", limits.maxCallsInRequest())
        .put("maxObjectsInGet", limits.maxObjectsInGet())
        .put("maxObjectsInSet", 0)
        .putArray("collationAlgorithms");
    capabilities.putObject(MAIL);
    capabilities.putObject(SEALED);
    ObjectNode own =
        session
            .putObject("accounts")
            .putObject(account)
            .put("name", user.toString())
            .put("isPersonal", true)
            .put("isReadOnly", true);
    ObjectNode abilities = own.putObject("accountCapabilities");
    abilities
        .putObject(MAIL)
        .put("maxMailboxesPerEmail", 1)
        .put("maxMailboxDepth", 1)
        .put("maxSizeMailboxName", 100)
        .put("maxSizeAttachmentsPerEmail", 0)
        .put("mayCreateTopLevelMailbox", false)
        .putArray("emailQuerySortOptions")
        .add("receivedAt");
    abilities.putObject(SEALED);
    ObjectNode primary = session.putObject("primaryAccounts");
    primary.put(MAIL, account).put(SEALED, account);
    session.put("username", user.toString());
    session.put("apiUrl", base + "/jmap/api");
    session.put("downloadUrl", base + "/jmap/download/{accountId}/{blobId}/{name}?accept={type}");
    session.put("uploadUrl", "");
    session.put("eventSourceUrl", "");
    session.put("state", state(session));
    return session;
  }

  /** Changes with what the session says. */
  static String state(ObjectNode session) {
    return Digest.sha256(Bytes.utf8(session.toString())).base64Url().substring(0, 16);
  }
}
