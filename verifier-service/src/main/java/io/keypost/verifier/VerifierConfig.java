package io.keypost.verifier;

import io.keypost.frame.StageConfig;
import io.smallrye.config.ConfigMapping;
import java.util.OptionalInt;

/** {@code keypost.verifier.*} of the provider file. */
@ConfigMapping(prefix = "keypost.verifier")
public interface VerifierConfig extends StageConfig {

  /** Threads that check signatures; one for each core unless set. */
  OptionalInt cryptographyThreads();
}
