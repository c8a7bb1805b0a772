package io.keypost.frame;

import io.keypost.events.stage.EventPublisher;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** {@code keypost.frame.*}: what differs from service to service. */
@ConfigMapping(prefix = "keypost.frame")
public interface FrameConfig {

  /** Where {@code keypost server enrol} writes key and certificate. */
  Path identityDirectory();

  /** How often this service looks whether its certificates are to be renewed. */
  @WithDefault("PT15S")
  Duration renewalPeriod();

  /** How long a failing write to the event bus is tried again. */
  @WithDefault("OUTLAST_AN_OUTAGE")
  EventPublisher.Patience patience();

  /** Threads that hand events to the producer, 1 to 64. */
  @WithDefault("2")
  int sendingThreads();
}
