package io.keypost.stack.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.demo.Narrator.Checked;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NarratorTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final AtomicLong secondsPassed = new AtomicLong();
  private final InstantSource clock =
      () -> Instant.EPOCH.plusSeconds(secondsPassed.getAndIncrement());
  private final Narrator narrator = new Narrator(new PrintStream(printed, true, UTF_8), clock);

  @Test
  void remembersWhatWasNotTrue() {
    narrator.check("bob has one message", Checked.equal(1, 1));
    narrator.check("alpha.test saw no mail", Checked.equal(2, 0));
    narrator.check("it was refused", Checked.holds(true, "accepted"));

    assertThat(narrator.checks()).isEqualTo(3);
    assertThat(narrator.untrue()).containsExactly("alpha.test saw no mail");
    assertThat(printed.toString(UTF_8))
        .contains(
            "[true]  bob has one message", "[FALSE] alpha.test saw no mail", "found 2, expected 0");
  }

  @Test
  void showsProgressWhileItWaitsAndGivesUpAloud() throws Exception {
    var questions = new AtomicLong();
    var answer =
        narrator.await(
            "the receipt",
            Duration.ofSeconds(1000),
            () -> questions.incrementAndGet() == 4 ? Optional.of("signed") : Optional.empty());

    assertThat(answer).isEqualTo("signed");
    assertThat(printed.toString(UTF_8)).contains("waiting for the receipt ...");
    assertThatThrownBy(() -> narrator.await("nothing", Duration.ofSeconds(5), Optional::empty))
        .hasMessage("waited 5 s in vain for nothing");
  }

  @Test
  void saysNothingMoreOnceItIsInterrupted() {
    narrator.step("Bob reads");
    narrator.interrupt();
    narrator.say("a service ended");
    narrator.check("it was played to its end", new Checked.False("GOAWAY"));
    narrator.step("In the end");

    assertThat(printed.toString(UTF_8))
        .contains("Bob reads", "Interrupted: ending all services")
        .doesNotContain("a service ended", "FALSE", "In the end");
    assertThat(narrator.untrue()).isEmpty();
  }

  @Test
  void asksAgainWhatIsRefusedForAWhileOnly() throws Exception {
    var questions = new AtomicLong();
    var answer =
        narrator.await(
            "the mail",
            Duration.ofSeconds(1000),
            () -> {
              if (questions.incrementAndGet() < 3) {
                throw RefusedException.of(RefusalCode.DIRECTORY_UNAVAILABLE, "a slow machine");
              }
              return Optional.of("here");
            });

    assertThat(answer).isEqualTo("here");
    assertThatThrownBy(
            () ->
                narrator.await(
                    "the mail",
                    Duration.ofSeconds(5),
                    () -> {
                      throw RefusedException.of(
                          RefusalCode.DIRECTORY_UNAVAILABLE, "a slow machine");
                    }))
        .hasMessageContaining("waited 5 s in vain for the mail")
        .hasMessageContaining("a slow machine");
    assertThatThrownBy(
            () ->
                narrator.await(
                    "the mail",
                    Duration.ofSeconds(5),
                    () -> {
                      throw RefusedException.of(RefusalCode.SIGNATURE_INVALID, "forged");
                    }))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("forged");
  }
}
