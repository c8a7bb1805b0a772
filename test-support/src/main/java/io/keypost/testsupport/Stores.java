package io.keypost.testsupport;

import io.keypost.stack.servers.ServersState;

/** Kafka and PostgreSQL, whoever runs them. */
record Stores(
    String kafkaBootstrap,
    String postgresHost,
    int postgresPort,
    String adminUser,
    String adminPassword) {

  static Stores of(ServersState state) {
    return new Stores(
        state.kafkaBootstrap(),
        "127.0.0.1",
        state.postgresPort(),
        ServersState.POSTGRES_USER,
        state.postgresPassword());
  }

  String adminUrl() {
    return "jdbc:postgresql://" + postgresHost + ":" + postgresPort + "/postgres";
  }
}
