package io.keypost.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A service's database and the role that owns it. */
public record Database(String host, int port, String name, String user, String password) {

  /** For JDBC; without credentials. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  /** For the Vert.x client and Hibernate Reactive; without credentials. */
  public String reactiveUrl() {
    return "postgresql://" + host + ":" + port + "/" + name;
  }

  /** A connection as the service's own role. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), user, password);
  }
}
