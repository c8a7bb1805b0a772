package io.keypost.keyserver;

import io.keypost.testsupport.KeypostTestResource;
import java.util.Map;

/** What the key server needs besides: a name, and free ports that a pin can name. */
public class KeyServerTestResource extends KeypostTestResource {
  @Override
  protected void prepare(Map<String, String> config) {
    String operator = config.get("keypost.operator");
    // Its certificate lies in the database, not in a directory.
    config.remove("keypost.keyserver.identity-directory");
    config.putIfAbsent("keypost.keyserver.host", "ks." + operator);
    config.putIfAbsent("keypost.keyserver.bind-address", "127.0.0.1");
    config.putIfAbsent("keypost.keyserver.port", Integer.toString(freePort()));
    config.putIfAbsent("keypost.keyserver.management-port", Integer.toString(freePort()));
    // Tests listen where the provider file says, not on ports of their own.
    config.put("quarkus.http.test-ssl-port", config.get("keypost.keyserver.port"));
    config.put("quarkus.management.test-port", config.get("keypost.keyserver.management-port"));
    config.putIfAbsent(
        "keypost.keyserver.submission-url", "https://mx." + operator + "/v1/submissions");
    config.putIfAbsent("keypost.keyserver.mailbox-url", "https://mail." + operator);
    // What a domain says changes between two requests of one test.
    config.putIfAbsent("keypost.directory.refresh-after", "PT0.001S");
  }
}
