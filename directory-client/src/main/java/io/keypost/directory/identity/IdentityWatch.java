package io.keypost.directory.identity;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of a service as it stands in its directory now: absent until the service is
 * enrolled, another one after a renewal. A service calls {@link #look()} every {@value
 * #PERIOD_SECONDS} seconds; a directory that cannot be read leaves the identity as it was.
 */
public final class IdentityWatch implements Supplier<Optional<ServerIdentity>> {
  /** How often a service looks. */
  public static final int PERIOD_SECONDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(IdentityWatch.class);

  private final Path directory;
  private final Consumer<ServerIdentity> changed;
  private final AtomicReference<Optional<ServerIdentity>> current =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<String> lastProblem = new AtomicReference<>("");

  /**
   * Watches {@code directory} and tells {@code changed} of the first identity and of every other
   * one.
   */
  public IdentityWatch(Path directory, Consumer<ServerIdentity> changed) {
    this.directory = directory;
    this.changed = changed;
  }

  /** Reads the directory. For one thread at a time; reads files. */
  public void look() {
    try {
      ServerIdentity.load(directory).ifPresent(this::take);
      lastProblem.set("");
    } catch (RuntimeException e) {
      String problem = String.valueOf(e.getMessage());
      // Every second would be too often to say the same.
      if (!problem.equals(lastProblem.getAndSet(problem))) {
        LOG.warn("The identity directory cannot be used: {}", problem);
      }
    }
  }

  private void take(ServerIdentity found) {
    boolean known =
        current.get().map(ServerIdentity::toString).filter(found.toString()::equals).isPresent();
    if (!known) {
      current.set(Optional.of(found));
      LOG.info("This service is {}, until {}", found, found.expires());
      changed.accept(found);
    }
  }

  /** The identity, once there is one. */
  @Override
  public Optional<ServerIdentity> get() {
    return current.get();
  }
}
