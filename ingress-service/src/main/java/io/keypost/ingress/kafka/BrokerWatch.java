package io.keypost.ingress.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Whether the brokers can be reached, as it was at the last look. */
final class BrokerWatch {
  /** How long a broker may take to answer; what takes longer would time out writes as well. */
  static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

  private final Admin admin;
  private volatile Optional<String> problem = Optional.of("not looked yet");

  /** Asks through {@code admin}, which the caller closes. */
  BrokerWatch(Admin admin) {
    this.admin = admin;
  }

  /** Asks any broker for the others. Blocks, for {@link #ANSWER_WITHIN} at most. */
  void look() {
    try {
      int brokers =
          admin
              .describeCluster(
                  new DescribeClusterOptions().timeoutMs((int) ANSWER_WITHIN.toMillis()))
              .nodes()
              .get()
              .size();
      problem = brokers == 0 ? Optional.of("no broker") : Optional.empty();
    } catch (ExecutionException e) {
      problem = Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem = Optional.of("interrupted");
    }
  }

  /** What stands in the way; empty when the brokers answered. */
  Optional<String> problem() {
    return problem;
  }
}
