package io.keypost.e2e;

import static org.awaitility.Awaitility.await;

import io.keypost.client.KeypostClient;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.LocalStack;
import io.keypost.stack.Provider;
import io.keypost.stack.ServiceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * alpha.test and beta.test, each with its own five services, for all tests of this module: started
 * once, ended with the test process. Tests make users of their own, so that none sees another's
 * mail.
 */
public final class TwoProviders implements AutoCloseable {
  /** Longer than anything takes on two busy cores. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration PAUSE = Duration.ofMillis(200);
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

  /**
   * Asks again while the answer is "try again later": on a machine that is busy with ten services
   * and whatever else, a connection may take longer than a client waits.
   */
  static <T> T patiently(Callable<T> question) {
    AtomicReference<T> answer = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .until(
            () -> {
              try {
                answer.set(question.call());
                return true;
              } catch (RefusedException e) {
                if (!e.isTemporary()) {
                  throw e;
                }
                return false;
              }
            });
    return answer.get();
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

  /**
   * The files of both providers, of Kafka, PostgreSQL and every log, that hold {@code text} as it
   * is; users' own devices are left out.
   */
  List<Path> filesHolding(String text) throws IOException {
    Path devices = stack.directory().resolve("clients");
    try (Stream<Path> files = Files.walk(stack.directory())) {
      List<Path> holding = new ArrayList<>();
      for (Path file :
          files.filter(f -> !f.startsWith(devices)).filter(Files::isRegularFile).toList()) {
        try {
          // Octets as characters: in whatever form a store keeps them, ASCII stays ASCII.
          if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
            holding.add(file);
          }
        } catch (NoSuchFileException e) {
          // A server's own file that is gone again holds nothing.
          continue;
        }
      }
      return holding;
    }
  }

  @Override
  public void close() {
    stack.close();
  }
}
