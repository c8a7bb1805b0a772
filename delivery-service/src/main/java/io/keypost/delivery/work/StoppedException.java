package io.keypost.delivery.work;

/** The service stops before a piece of work could be done; somebody does it again. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was not done. */
  public StoppedException(String work, Throwable because) {
    super("stopped before this was done: " + work, because);
  }
}
