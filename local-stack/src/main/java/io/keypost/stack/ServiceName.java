package io.keypost.stack;

import java.nio.file.Path;
import java.util.Locale;

/** The five services of a provider. */
public enum ServiceName {
  KEYSERVER,
  INGRESS,
  VERIFIER,
  ROUTER,
  DELIVERY;

  /** As it stands in the provider file, in file names and on the screen. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The runnable jar below the project's folder. */
  Path jarBelow(Path project) {
    return project.resolve(word() + "-service").resolve("target/quarkus-app/quarkus-run.jar");
  }

  /**
   * Whether it connects out to peers and so enrols for a server certificate; the key server issues
   * its own.
   */
  boolean enrols() {
    return this != KEYSERVER;
  }
}
