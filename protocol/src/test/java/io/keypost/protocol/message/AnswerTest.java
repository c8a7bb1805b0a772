package io.keypost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AnswerTest {
  @Test
  void readsBackWhatItWritesByKpTrf5() {
    SeededRandom.forSeeds(
        300,
        random -> {
          List<Status> statuses = new ArrayList<>();
          int count = random.nextInt(0, 20);
          for (int i = 0; i < count; i++) {
            statuses.add(
                random.nextBoolean() ? new Status.Accepted() : new Status.Refused(any(random)));
          }
          Answer answer = new Answer(statuses, random.nextBoolean() ? any(random) : null);
          assertThat(Answer.decode(answer.encode())).isEqualTo(answer);
        });
  }

  @Test
  void refusesOrReadsWhateverIsMadeOfAnAnswerByChangingIt() {
    SeededRandom.forSeeds(
        3000,
        random -> {
          Answer answer = new Answer(List.of(new Status.Refused(any(random))), any(random));
          byte[] mutated = SeededRandom.mutate(random, answer.encode().toByteArray());
          try {
            Answer read = Answer.decode(Bytes.copyOf(mutated));
            assertThat(Answer.decode(read.encode())).isEqualTo(read);
          } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_REQUEST);
          }
        });
  }

  @Test
  void takesACodeThatItDoesNotKnowForTemporaryByKpRef4() {
    var wire =
        io.keypost.protocol.message.wire.Answer.newBuilder()
            .addStatuses(
                io.keypost.protocol.message.wire.Status.newBuilder().setCode("from_the_future"))
            .build();
    Answer answer = Answer.decode(Bytes.copyOf(wire.toByteArray()));
    assertThat(answer.statuses())
        .containsExactly(
            new Status.Refused(
                new Refusal.RetryAfter(
                    RefusalCode.UNAVAILABLE,
                    Duration.ofSeconds(30),
                    "a code of another version: from_the_future")));
  }

  @Test
  void holdsAPeersWaitWithinItsBoundByKpRef3() {
    var wire =
        io.keypost.protocol.message.wire.Answer.newBuilder()
            .setStopped(
                io.keypost.protocol.message.wire.Status.newBuilder()
                    .setCode("busy")
                    .setRetryAfterSeconds(-1))
            .build();
    assertThat(Answer.decode(Bytes.copyOf(wire.toByteArray())).stopped())
        .isEqualTo(new Refusal.RetryAfter(RefusalCode.BUSY, Duration.ofHours(1), ""));
  }

  @Test
  void refusesMoreThanTenThousandStatusesByKpTrf6() {
    assertThat(
            new Answer(Collections.nCopies(Answer.MAX_STATUSES, new Status.Accepted()), null)
                .statuses())
        .hasSize(10_000);
    assertThatThrownBy(() -> new Answer(Collections.nCopies(10_001, new Status.Accepted()), null))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> Answer.decode(Bytes.copyOf(new byte[Answer.MAX_ENCODED_OCTETS + 1])))
        .isInstanceOf(RefusedException.class);
  }

  private static Refusal any(RandomGenerator random) {
    RefusalCode[] codes = RefusalCode.values();
    RefusalCode code = codes[random.nextInt(codes.length)];
    String detail = random.nextBoolean() ? "" : "seen " + random.nextInt();
    return switch (code.kind()) {
      case RETRY_AFTER ->
          new Refusal.RetryAfter(code, Duration.ofSeconds(random.nextInt(3601)), detail);
      case NEEDS_CLIENT ->
          new Refusal.NeedsClient(code, detail, random.nextBoolean() ? null : "a.record.here");
      case PERMANENT -> new Refusal.Permanent(code, detail);
    };
  }
}
