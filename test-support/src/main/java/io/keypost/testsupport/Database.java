package io.keypost.testsupport;

/**
 * An empty database and the one role that owns it.
 *
 * @param host of the server, which also takes connections for other databases
 */
public record Database(String host, int port, String name, String user, String password) {

  /** For JDBC and Flyway; without credentials. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  /** For the Vert.x client and Hibernate Reactive; without credentials. */
  public String reactiveUrl() {
    return "postgresql://" + host + ":" + port + "/" + name;
  }
}
