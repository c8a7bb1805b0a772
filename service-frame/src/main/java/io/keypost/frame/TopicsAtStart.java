package io.keypost.frame;

import io.keypost.events.TopicAdmin;
import io.keypost.events.config.KafkaConfig;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every topic against the one table before the first event is read. A topic that is missing,
 * or kept for a shorter time than an envelope lives, would lose mail silently: so the service does
 * not start, and says in one line what to do.
 */
@Singleton
public class TopicsAtStart {
  private static final Logger LOG = LoggerFactory.getLogger(TopicsAtStart.class);

  /** With {@link TopicAdmin#BROKER_TIMEOUT} each some four minutes. */
  static final int ATTEMPTS = 8;

  private final KafkaConfig kafka;

  TopicsAtStart(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  void check(@Observes @Priority(1) StartupEvent start) {
    try (Admin admin = Admin.create(kafka.clients().forAdmin())) {
      onceBrokersAnswer(new TopicAdmin(admin, kafka.topics())::check);
    }
    LOG.info("All topics are as the table declares them");
  }

  /**
   * Each try waits by itself, {@link TopicAdmin#BROKER_TIMEOUT} at most: brokers that start
   * together with the services are no reason to end.
   */
  static void onceBrokersAnswer(Runnable check) {
    for (int made = 1; ; made++) {
      try {
        check.run();
        return;
      } catch (RetriableException e) {
        if (made == ATTEMPTS) {
          throw e;
        }
        LOG.warn("{}; asking again ({} of {})", e.getMessage(), made, ATTEMPTS);
      }
    }
  }
}
