package io.keypost.testsupport;

import java.util.Locale;

/** Where the servers come from; chosen by {@code -Dkeypost.test.backend}. */
enum Backend {
  /**
   * Kafka and PostgreSQL from the class path of their own process: no container engine needed. The
   * default.
   */
  EMBEDDED,
  /** The images that deployments use, by Testcontainers. */
  CONTAINERS;

  static Backend chosen() {
    return valueOf(System.getProperty("keypost.test.backend", "embedded").toUpperCase(Locale.ROOT));
  }
}
