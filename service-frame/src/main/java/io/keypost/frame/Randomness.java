package io.keypost.frame;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;

/** The one place where a service's randomness comes from. */
@ApplicationScoped
public class Randomness {

  /** The platform's generator. */
  @Produces
  @Singleton
  SecureRandom platformGenerator() {
    return new SecureRandom();
  }
}
