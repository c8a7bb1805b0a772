package io.keypost.delivery.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Connections, transactions and waiting. Callers are virtual threads: waiting costs them nothing.
 */
@ApplicationScoped
public class Database {
  /**
   * Longest wait for one statement or connection. Longer than the server's own {@code
   * statement_timeout} (application.properties), so that the server gives up first.
   */
  static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

  private static final Logger LOG = Logger.getLogger(Database.class);

  private final Pool pool;

  /** Over a pool, which its maker closes. */
  public Database(Pool pool) {
    this.pool = pool;
  }

  /**
   * Runs {@code work} in one transaction (READ COMMITTED), which is committed when it returns and
   * rolled back when it throws. When the commit itself fails its effect is unknown: callers repeat
   * the whole work, which every statement here bears.
   *
   * @throws RuntimeException of Vert.x's client when the database does not do it; {@link
   *     DatabaseTimeoutException} when it does not answer
   */
  public <T> T inTransaction(Function<SqlConnection, T> work) {
    SqlConnection connection = await(pool.getConnection());
    try {
      Transaction transaction = await(connection.begin());
      T result;
      try {
        result = work.apply(connection);
      } catch (RuntimeException e) {
        rollBack(transaction, e);
        throw e;
      }
      await(transaction.commit());
      return result;
    } finally {
      var _ = connection.close().onFailure(e -> LOG.debug("the connection was gone already", e));
    }
  }

  /** As {@link #inTransaction(Function)}, for work without a result. */
  public void transact(Consumer<SqlConnection> work) {
    boolean _ =
        inTransaction(
            connection -> {
              work.accept(connection);
              return true;
            });
  }

  /** Runs one statement of its own. */
  public RowSet<Row> execute(String sql, Tuple values) {
    return execute(pool, sql, values);
  }

  /** Runs one statement on a connection of the caller's transaction. */
  static RowSet<Row> execute(SqlClient client, String sql, Tuple values) {
    return await(client.preparedQuery(sql).execute(values));
  }

  private static void rollBack(Transaction transaction, RuntimeException because) {
    try {
      await(transaction.rollback());
    } catch (RuntimeException e) {
      // The connection is gone, and with it the transaction.
      LOG.debugf(e, "no rollback after %s", because);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(STATEMENT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new DatabaseTimeoutException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the database works");
    }
  }

  /** The database did not answer within {@link #STATEMENT_TIMEOUT}. */
  public static final class DatabaseTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseTimeoutException(Throwable cause) {
      super("the database did not answer within " + STATEMENT_TIMEOUT, cause);
    }
  }
}
