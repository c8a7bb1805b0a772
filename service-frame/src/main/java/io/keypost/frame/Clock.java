package io.keypost.frame;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** The one place where a service's clock comes from. */
@ApplicationScoped
public class Clock {

  /** The machine's clock. */
  @Produces
  @Singleton
  InstantSource systemClock() {
    return InstantSource.system();
  }
}
