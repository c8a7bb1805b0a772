package io.keypost.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** A service waits for brokers that start beside it, and for nothing that will not mend itself. */
class TopicsAtStartTest {
  private final AtomicInteger tries = new AtomicInteger();

  @Test
  void asksAgainWhileBrokersDoNotAnswer() {
    TopicsAtStart.onceBrokersAnswer(
        () -> {
          if (tries.incrementAndGet() < 3) {
            throw new TimeoutException("the brokers did not answer");
          }
        });

    assertThat(tries).hasValue(3);
  }

  @Test
  void givesUpAfterTheLastTry() {
    assertThatThrownBy(
            () ->
                TopicsAtStart.onceBrokersAnswer(
                    () -> {
                      tries.incrementAndGet();
                      throw new TimeoutException("the brokers did not answer");
                    }))
        .isInstanceOf(TimeoutException.class);

    assertThat(tries).hasValue(TopicsAtStart.ATTEMPTS);
  }

  @Test
  void doesNotAskAgainAboutTopicsThatDiffer() {
    assertThatThrownBy(
            () ->
                TopicsAtStart.onceBrokersAnswer(
                    () -> {
                      tries.incrementAndGet();
                      throw new IllegalStateException("topics are not as declared");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(tries).hasValue(1);
  }
}
