package io.keypost.frame;

import io.keypost.events.TopicAdmin;
import io.keypost.events.config.KafkaConfig;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.admin.Admin;
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

  private final KafkaConfig kafka;

  TopicsAtStart(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  void check(@Observes @Priority(1) StartupEvent start) {
    try (Admin admin = Admin.create(kafka.clients().forAdmin())) {
      new TopicAdmin(admin, kafka.topics()).check();
    }
    LOG.info("All topics are as the table declares them");
  }
}
