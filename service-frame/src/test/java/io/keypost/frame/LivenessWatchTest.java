package io.keypost.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.health.SmallRyeHealth;
import io.smallrye.mutiny.Uni;
import jakarta.json.Json;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LivenessWatchTest {
  private final AtomicReference<Uni<SmallRyeHealth>> answer = new AtomicReference<>(alive("UP"));
  private final AtomicInteger ended = new AtomicInteger();
  private final LivenessWatch watch = new LivenessWatch(answer::get, ended::incrementAndGet);

  private static Uni<SmallRyeHealth> alive(String status) {
    return Uni.createFrom()
        .item(new SmallRyeHealth(Json.createObjectBuilder().add("status", status).build()));
  }

  private void look(Uni<SmallRyeHealth> found) {
    answer.set(found);
    watch.look();
  }

  @Test
  void endsTheServiceOnceWhenItIsDownAtThreeLooksInARow() {
    look(alive("DOWN"));
    look(alive("DOWN"));
    assertThat(ended).hasValue(0);

    look(alive("DOWN"));
    look(alive("DOWN"));

    assertThat(ended).hasValue(1);
  }

  @Test
  void leavesAloneWhatComesBackByItself() {
    for (int round = 0; round < LivenessWatch.LOOKS; round++) {
      look(alive("DOWN"));
      look(alive("DOWN"));
      look(alive("UP"));
    }

    assertThat(ended).hasValue(0);
  }

  @Test
  void takesALookThatFailsForNoAnswer() {
    for (int look = 0; look < 2 * LivenessWatch.LOOKS; look++) {
      look(Uni.createFrom().failure(new IllegalStateException("a check that throws")));
    }

    assertThat(ended).hasValue(0);
  }
}
