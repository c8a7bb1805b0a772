package io.keypost.keyserver.store;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.vertx.core.VertxException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.hibernate.exception.ConstraintViolationException;
import org.jboss.logging.Logger;

/**
 * Runs work on the database as one transaction, on a Vert.x context of its own, and waits for it.
 *
 * <p>The caller is a virtual thread, so waiting costs nothing; and because the context belongs to
 * the work and not to the request, a caller who hangs up cancels nothing half done.
 */
@ApplicationScoped
public class Transactions {
  /** Longest time for one transaction, waiting for a connection included. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(Transactions.class);

  /**
   * Commits what {@code work} does, or nothing of it.
   *
   * @throws RefusedException what the work refused; {@code conflict} when somebody else was first;
   *     {@code store_unavailable} when the database does not answer
   */
  public <T> T inTransaction(Supplier<Uni<T>> work) {
    return await(() -> Panache.withTransaction(work));
  }

  /** Reads without writing; errors as in {@link #inTransaction}. */
  public <T> T reading(Supplier<Uni<T>> work) {
    return await(() -> Panache.withSession(work));
  }

  private static <T> T await(Supplier<Uni<T>> work) {
    try {
      return VertxContextSupport.subscribeAndAwait(
          () -> shielded(work.get()).ifNoItem().after(TIMEOUT).fail());
    } catch (RefusedException e) {
      throw e;
    } catch (Throwable e) {
      throw refusal(e);
    }
  }

  /**
   * A reactive session that is cancelled half way is used from the wrong thread later (HR000069):
   * so the time-out ends the waiting only, never the work; the database's own statement time-out
   * does.
   */
  private static <T> Uni<T> shielded(Uni<T> work) {
    return Uni.createFrom()
        .emitter(emitter -> work.subscribe().with(emitter::complete, emitter::fail));
  }

  private static RuntimeException refusal(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RefusedException refused) {
        return refused;
      }
      if (cause instanceof ConstraintViolationException) {
        return RefusedException.of(
            RefusalCode.CONFLICT, "somebody else changed the same thing first", e);
      }
      if (cause instanceof IOException
          || cause instanceof VertxException
          || cause instanceof TimeoutException
          || cause instanceof io.smallrye.mutiny.TimeoutException
          || cause instanceof PersistenceException) {
        LOG.warn("the database does not answer as it should", e);
        return RefusedException.of(
            RefusalCode.STORE_UNAVAILABLE, "the directory's database does not answer now", e);
      }
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
