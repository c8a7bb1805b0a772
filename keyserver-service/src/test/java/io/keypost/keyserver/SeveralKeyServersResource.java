package io.keypost.keyserver;

import java.util.Map;

/** An operator with a second key server, that this one's pins name too. */
public class SeveralKeyServersResource extends KeyServerTestResource {
  static String second(String operator) {
    return "ks2." + operator + ":8443";
  }

  @Override
  protected void prepare(Map<String, String> config) {
    super.prepare(config);
    config.put("keypost.keyserver.other-key-servers", second(config.get("keypost.operator")));
  }
}
