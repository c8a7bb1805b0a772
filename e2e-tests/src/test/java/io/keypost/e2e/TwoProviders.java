package io.keypost.e2e;

import io.keypost.client.KeypostClient;
import io.keypost.stack.LocalStack;
import io.keypost.stack.Provider;
import io.keypost.stack.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * alpha.test and beta.test, each with its own five services, for all tests of this module: started
 * once, ended with the test process. Tests make users of their own, so that none sees another's
 * mail.
 */
public final class TwoProviders implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final LocalStack stack;

  private TwoProviders(LocalStack stack) {
    this.stack = stack;
  }

  /** Hands the two providers to tests that ask for them. */
  public static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == TwoProviders.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(TwoProviders.class, key -> start(), TwoProviders.class);
    }
  }

  private static TwoProviders start() {
    try {
      Path directory =
          Files.createTempDirectory(
              Files.createDirectories(Path.of("target", "stacks")).toAbsolutePath(), "stack-");
      return new TwoProviders(
          LocalStack.builder().directory(directory).report(System.out::println).start());
    } catch (IOException e) {
      throw new IllegalStateException("the two providers did not start", e);
    }
  }

  /** The provider of this operator domain. */
  Provider provider(String operator) {
    return stack.provider(operator);
  }

  /** The stack itself. */
  LocalStack stack() {
    return stack;
  }

  /** A new user with a name that no other test has. */
  KeypostClient newUser(String name, String domain) {
    return stack.enrol(name + "-" + NAMES.incrementAndGet() + "@" + domain);
  }

  /** What one number a query of a service's database answers. */
  long count(String operator, String query, Object... arguments) throws SQLException {
    var database = provider(operator).database(ServiceName.DELIVERY);
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.prepareStatement(query)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public void close() {
    stack.close();
  }
}
