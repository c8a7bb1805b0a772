package io.keypost.directory;

/**
 * Is told of every link of a chain of trust as it is found; what comes from a cache is not found
 * again. Called on the directory's threads, by several at a time: must not block.
 */
@FunctionalInterface
public interface ResolutionTrace {
  /** Tells nobody. */
  ResolutionTrace NONE = step -> {};

  /** {@code step} was taken. */
  void step(ResolutionStep step);
}
