package io.keypost.ingress;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** {@code keypost.payloads.*} of the provider file. */
@ConfigMapping(prefix = "keypost.payloads")
public interface PayloadsConfig {

  /** Directory of the segment files, which delivery reads too. */
  Path directory();

  /** Largest payload that is taken, in octets. */
  @WithDefault("104857600")
  long maxPayloadBytes();
}
