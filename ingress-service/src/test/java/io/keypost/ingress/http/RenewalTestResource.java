package io.keypost.ingress.http;

import java.util.Map;

/** An ingress that looks every second whether its certificate is still good. */
public class RenewalTestResource extends IngressTestResource {
  @Override
  protected void prepare(Map<String, String> config) {
    config.put("keypost.frame.renewal-period", "PT1S");
    config.put("keypost.directory.refresh-after", "PT1S");
    super.prepare(config);
  }
}
