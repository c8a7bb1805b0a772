package io.keypost.verifier;

import io.keypost.events.stage.StageSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/** {@code keypost.verifier.*} of the provider file. */
@ConfigMapping(prefix = "keypost.verifier")
public interface VerifierConfig {

  /** Address of the management port; loopback unless set. */
  @WithDefault("127.0.0.1")
  String managementAddress();

  /** The management port: probes and metrics. */
  int managementPort();

  /** Where {@code keypost server enrol} writes key and certificate. */
  Path identityDirectory();

  /** Threads that check signatures; one for each core unless set. */
  OptionalInt cryptographyThreads();

  /** Longest time for one decision, look-ups included; then the event is put aside. */
  @WithDefault("PT20S")
  Duration decisionTimeout();

  /** Tries that may end in an unexpected error before an event is a dead letter. */
  @WithDefault("" + StageSettings.DEFAULT_MAX_FAULTS)
  int maxFaults();
}
