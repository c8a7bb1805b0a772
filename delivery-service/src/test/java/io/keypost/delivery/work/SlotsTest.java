package io.keypost.delivery.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.delivery.work.Slots.Answer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bounds of what runs at once (T44). */
class SlotsTest {
  private final Slots<String> slots = new Slots<>(3, 2);

  @Test
  @DisplayName("T44: however many destinations come at once, no more begin than may run")
  void letsNoMoreBeginThanMayRunInAll() {
    Slots<Integer> many = new Slots<>(64, 4);
    assertThat(IntStream.range(0, 200).filter(i -> many.take(i) == Answer.TAKEN).count())
        .isEqualTo(64);
    assertThat(many.free()).isZero();

    many.giveBack(5);
    assertThat(many.take(300)).isEqualTo(Answer.TAKEN);
    assertThat(many.take(301)).isEqualTo(Answer.FULL);
  }

  @Test
  void letsNoMoreBeginForOneKeyThanItsShare() {
    assertThat(slots.take("a")).isEqualTo(Answer.TAKEN);
    assertThat(slots.full()).isEmpty();
    assertThat(slots.take("a")).isEqualTo(Answer.TAKEN);
    assertThat(slots.full()).containsExactly("a");
    assertThat(slots.take("a")).isEqualTo(Answer.FULL);
    assertThat(slots.take("b")).isEqualTo(Answer.TAKEN);
    assertThat(slots.take("c")).isEqualTo(Answer.FULL);
  }

  @Test
  void takesASlotBackOnce() {
    assertThat(slots.take("a")).isEqualTo(Answer.TAKEN);
    slots.giveBack("a");

    assertThat(slots.free()).isEqualTo(3);
    assertThatThrownBy(() -> slots.giveBack("a")).isInstanceOf(IllegalStateException.class);
  }
}
