package io.keypost.stack;

import io.keypost.stack.servers.ServersState;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes the services' databases: each has its own, owned by its own role. */
final class Databases {

  private Databases() {}

  static void make(ServersState servers, Database database) throws SQLException {
    try (var connection =
            DriverManager.getConnection(
                servers.jdbcUrl("postgres"),
                ServersState.POSTGRES_USER,
                servers.postgresPassword());
        var statement = connection.createStatement()) {
      if (exists(statement, database.name())) {
        return;
      }
      // Names and passwords are of our own making (Plan, ProviderLayout): nothing in them needs
      // quoting.
      statement.execute(
          "CREATE ROLE " + database.user() + " LOGIN PASSWORD '" + database.password() + "'");
      statement.execute("CREATE DATABASE " + database.name() + " OWNER " + database.user());
      statement.execute("REVOKE CONNECT ON DATABASE " + database.name() + " FROM PUBLIC");
    }
  }

  private static boolean exists(Statement statement, String name) throws SQLException {
    try (var rows =
        statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
      return rows.next();
    }
  }
}
