package io.keypost.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keypost.events.TopicAdmin;
import io.keypost.events.TopicDifference;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.TopicsDifferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table of topics against a broker that has them, has them not, or has them otherwise. */
class TopicAdminTest {
  private final KafkaFixture kafka = new KafkaFixture();
  private final TopicAdmin topics = new TopicAdmin(kafka.admin, kafka.topics);

  @AfterEach
  void close() {
    kafka.close();
  }

  @Test
  void namesEveryTopicThatIsMissing() {
    assertThat(topics.differences())
        .containsExactlyElementsOf(
            Arrays.stream(Topics.values())
                .map(topic -> new TopicDifference.Missing(kafka.topics.nameOf(topic)))
                .toList());
    assertThatExceptionOfType(TopicsDifferException.class)
        .isThrownBy(topics::check)
        .withMessageContaining("keypost topics apply")
        .withMessageContaining(kafka.topics.prefix() + "mail.accepted does not exist");
  }

  @Test
  void findsNothingToSayAfterApplyHoweverOftenItRuns() {
    topics.apply();
    topics.apply();

    topics.check();
    assertThat(topics.differences()).isEmpty();
  }

  @Test
  void namesASettingThatIsOtherwiseAndApplyCorrectsIt() throws Exception {
    topics.apply();
    String accepted = kafka.topics.nameOf(Topics.MAIL_ACCEPTED);
    alter(accepted, TopicConfig.RETENTION_MS_CONFIG, "3600000");

    TopicDifference otherwise =
        new TopicDifference.Setting(
            accepted,
            TopicConfig.RETENTION_MS_CONFIG,
            Long.toString(Topics.MAIL_ACCEPTED.retention().toMillis()),
            "3600000");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(topics.differences()).containsExactly(otherwise));

    topics.apply();
    assertThat(topics.differences()).isEmpty();
  }

  @Test
  void namesAnotherLayoutAndApplyLeavesItAlone() {
    topics.apply();
    TopicSettings wanted =
        KafkaFixture.settings(kafka.topics.prefix(), KafkaFixture.PARTITIONS + 3, 2);
    TopicAdmin others = new TopicAdmin(kafka.admin, wanted);
    String accepted = kafka.topics.nameOf(Topics.MAIL_ACCEPTED);

    assertThat(others.differences())
        .contains(
            new TopicDifference.Partitions(
                accepted, KafkaFixture.PARTITIONS + 3, KafkaFixture.PARTITIONS),
            new TopicDifference.Replication(accepted, 2, 1));
    assertThatThrownBy(others::apply).isInstanceOf(TopicsDifferException.class);
    topics.check();
  }

  @Test
  void waitsUntilWhatItCreatedIsSeen() {
    List<Duration> pauses = new ArrayList<>();
    // The first look is for what is missing, the next two come before the topics are seen.
    try (var slow = new SlowToShow(new HashMap<>(kafka.kafka.forAdmin()), 2)) {
      new TopicAdmin(slow, kafka.topics, pauses::add).apply();
    }

    assertThat(pauses).containsExactly(TopicAdmin.VISIBLE_POLL, TopicAdmin.VISIBLE_POLL);
    topics.check();
  }

  @Test
  void givesUpOnTopicsThatAreNeverSeenAndSaysWhichTheyAre() {
    List<Duration> pauses = new ArrayList<>();
    try (var blind = new SlowToShow(new HashMap<>(kafka.kafka.forAdmin()), Integer.MAX_VALUE)) {
      assertThatThrownBy(() -> new TopicAdmin(blind, kafka.topics, pauses::add).apply())
          .isInstanceOf(TopicsDifferException.class)
          .hasMessageContaining("mail.accepted does not exist");
    }

    Duration waited = pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(waited).isLessThanOrEqualTo(TopicAdmin.BROKER_TIMEOUT);
    assertThat(waited)
        .isGreaterThanOrEqualTo(TopicAdmin.BROKER_TIMEOUT.minus(TopicAdmin.VISIBLE_POLL));
  }

  @Test
  void stopsWaitingWhenItIsInterrupted() {
    try (var blind = new SlowToShow(new HashMap<>(kafka.kafka.forAdmin()), Integer.MAX_VALUE)) {
      TopicAdmin interrupted =
          new TopicAdmin(
              blind,
              kafka.topics,
              _ -> {
                throw new InterruptedException("stop");
              });

      assertThatThrownBy(interrupted::apply)
          .isInstanceOf(KafkaException.class)
          .hasMessage("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private void alter(String topic, String setting, String value) throws Exception {
    kafka
        .admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(
                    new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  /** A broker whose metadata lag: looks after the first find no topic for a while. */
  private static final class SlowToShow extends ForwardingAdmin {
    private final int hidden;
    private final AtomicInteger looks = new AtomicInteger();

    SlowToShow(Map<String, Object> settings, int hidden) {
      super(settings);
      this.hidden = hidden;
    }

    @Override
    public DescribeTopicsResult describeTopics(
        TopicCollection topics, DescribeTopicsOptions options) {
      int look = looks.getAndIncrement();
      boolean seen = look == 0 || look > hidden;
      return super.describeTopics(seen ? topics : noneOf(topics), options);
    }

    private static TopicCollection noneOf(TopicCollection topics) {
      return TopicCollection.ofTopicNames(
          ((TopicCollection.TopicNameCollection) topics)
              .topicNames().stream().map(name -> name + ".unseen").toList());
    }
  }
}
