package io.keypost.stack.demo;

import io.keypost.protocol.Digest;
import io.keypost.stack.Probes;
import io.keypost.stack.Provider;
import io.keypost.stack.ServiceName;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What a provider has really seen: its services' counters and its delivery's tables. */
final class Evidence {

  /** Tables that hold mail or the way of mail. */
  private static final List<String> MAIL_TABLES =
      List.of("mail", "submission", "transfer", "payload", "outcome");

  private Evidence() {}

  /**
   * A provider at one moment.
   *
   * @param envelopesOffered counted by its ingress, whatever became of them
   * @param mailRows in all tables of delivery that hold mail or its way
   * @param lookUps answered by its key server
   */
  record Seen(long envelopesOffered, long mailRows, long lookUps) {}

  static Seen of(Provider provider) throws IOException, SQLException {
    var ingress = metrics(provider, ServiceName.INGRESS);
    var keyServer = metrics(provider, ServiceName.KEYSERVER);
    return new Seen(
        Math.round(ingress.sum("keypost_ingress_envelopes_total")),
        mailRows(provider),
        Math.round(keyServer.sum("http_server_requests_seconds_count", "uri=\"/v1/lookups\"")));
  }

  private static Metrics metrics(Provider provider, ServiceName service) throws IOException {
    return Metrics.parse(
        Probes.get(provider.service(service).managementUri(), Probes.METRICS).body());
  }

  private static long mailRows(Provider provider) throws SQLException {
    long rows = 0;
    try (var connection = provider.database(ServiceName.DELIVERY).connect();
        var statement = connection.createStatement()) {
      for (var table : MAIL_TABLES) {
        try (var result = statement.executeQuery("SELECT count(*) FROM " + table)) {
          result.next();
          rows += result.getLong(1);
        }
      }
    }
    return rows;
  }

  /**
   * The one outcome that stands in a provider's table.
   *
   * @param word delivered, refused, expired or needs_client
   * @param code of a refusal; empty without one
   */
  record Outcome(String word, String code) {}

  static Optional<Outcome> outcome(Provider provider, Digest envelopeDigest) throws SQLException {
    try (var connection = provider.database(ServiceName.DELIVERY).connect();
        var statement =
            connection.prepareStatement(
                "SELECT outcome, coalesce(code, '') FROM outcome WHERE envelope_digest = ?")) {
      statement.setBytes(1, envelopeDigest.octets().toByteArray());
      try (var result = statement.executeQuery()) {
        return result.next()
            ? Optional.of(new Outcome(result.getString(1), result.getString(2)))
            : Optional.empty();
      }
    }
  }
}
