package io.keypost.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.message.EnvelopeLife;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TopicsTest {

  @Test
  void keepsEveryTopicLongerThanTheLongestEnvelopeLifeAndTwoDays() {
    Duration least = EnvelopeLife.MAX_LIFE.plusDays(2);
    assertThat(Topics.values())
        .allSatisfy(topic -> assertThat(topic.retention()).isGreaterThan(least));
  }

  @Test
  void namesEveryTopicOnce() {
    assertThat(Arrays.stream(Topics.values()).map(Topics::baseName)).doesNotHaveDuplicates();
    assertThat(Topics.values())
        .allSatisfy(topic -> assertThat(Topics.byBaseName(topic.baseName())).contains(topic));
  }

  @Test
  void namesRetryTopicsAfterTheirSourceAndDelay() {
    assertThat(RetryTopics.ACCEPTED.all())
        .extracting(Topics::baseName)
        .containsExactly(
            "mail.accepted.retry-10s", "mail.accepted.retry-1m", "mail.accepted.retry-10m");
    assertThat(RetryTopics.VERIFIED.all())
        .extracting(Topics::baseName)
        .containsExactly(
            "mail.verified.retry-10s", "mail.verified.retry-1m", "mail.verified.retry-10m");
  }

  @Test
  void putsThePrefixBeforeEveryName() {
    TopicSettings settings =
        new TopicSettings("alpha.", 12, 1, 1, TopicSettings.Deployment.SINGLE_NODE);
    assertThat(settings.nameOf(Topics.MAIL_ACCEPTED)).isEqualTo("alpha.mail.accepted");
    assertThat(settings.partitionsOf(Topics.MAIL_ACCEPTED)).isEqualTo(12);
    assertThat(settings.partitionsOf(Topics.MAIL_DEAD_LETTER)).isEqualTo(4);
  }

  @Test
  void takesOneInSyncCopyOnASingleNodeOnly() {
    assertThatThrownBy(() -> new TopicSettings("", 12, 3, 1, TopicSettings.Deployment.CLUSTER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keypost.single-node=true");
    assertThat(new TopicSettings("", 12, 1, 1, TopicSettings.Deployment.SINGLE_NODE).minInsync())
        .isEqualTo(1);
  }

  @Test
  void refusesMoreInSyncCopiesThanThereAre() {
    assertThatThrownBy(() -> new TopicSettings("", 12, 2, 3, TopicSettings.Deployment.CLUSTER))
        .hasMessageContaining("keypost.kafka.min-insync");
  }

  @Test
  void waitsLongerWithEveryThirdTryAndAtLeastAsAsked() {
    assertThat(RetryDelay.after(1, Duration.ZERO)).isEqualTo(RetryDelay.TEN_SECONDS);
    assertThat(RetryDelay.after(4, Duration.ZERO)).isEqualTo(RetryDelay.ONE_MINUTE);
    assertThat(RetryDelay.after(7, Duration.ZERO)).isEqualTo(RetryDelay.TEN_MINUTES);
    assertThat(RetryDelay.after(1, Duration.ofSeconds(11))).isEqualTo(RetryDelay.ONE_MINUTE);
    assertThat(RetryDelay.after(1, Duration.ofHours(1))).isEqualTo(RetryDelay.TEN_MINUTES);
    assertThat(RetryDelay.after(9, Duration.ofSeconds(1))).isEqualTo(RetryDelay.TEN_MINUTES);
  }
}
