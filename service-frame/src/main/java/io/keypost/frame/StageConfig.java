package io.keypost.frame;

import io.keypost.events.stage.StageSettings;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** What the provider file sets for a service that is one stage: its part has these keys. */
public interface StageConfig {

  /** Address of the management port; loopback unless set. */
  @WithDefault("127.0.0.1")
  String managementAddress();

  /** The management port: probes and metrics. */
  int managementPort();

  /** Where {@code keypost server enrol} writes key and certificate. */
  Path identityDirectory();

  /** Longest time for one decision, look-ups included; then the event is put aside. */
  @WithDefault("PT20S")
  Duration decisionTimeout();

  /** Tries that may end in an unexpected error before an event is a dead letter. */
  @WithDefault("" + StageSettings.DEFAULT_MAX_FAULTS)
  int maxFaults();
}
