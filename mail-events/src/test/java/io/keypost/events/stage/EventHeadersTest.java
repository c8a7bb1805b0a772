package io.keypost.events.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class EventHeadersTest {

  @Test
  void readsWhatItWrites() {
    EventHeaders headers =
        new EventHeaders(
            Optional.of("AbCd_-7890123456789012"),
            Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            3,
            1,
            Optional.of(Instant.ofEpochMilli(1_700_000_000_123L)),
            Optional.of(Instant.ofEpochMilli(1_700_000_000_000L)),
            Optional.of("dns_bogus"));
    assertThat(EventHeaders.read(headers.write())).isEqualTo(headers);
  }

  @Test
  void countsWhatCannotBeReadAsAbsent() {
    Headers hostile =
        new RecordHeaders()
            .add(EventHeaders.MESSAGE_ID, "../../etc".getBytes(StandardCharsets.US_ASCII))
            .add(EventHeaders.TRACEPARENT, new byte[1000])
            .add(EventHeaders.ATTEMPTS, "-1".getBytes(StandardCharsets.US_ASCII))
            .add(
                EventHeaders.NOT_BEFORE,
                "99999999999999999999999".getBytes(StandardCharsets.US_ASCII))
            .add(EventHeaders.WHY, null);
    assertThat(EventHeaders.read(hostile)).isEqualTo(EventHeaders.none());
  }

  @Test
  void passesMessageAndTraceOnAndLeavesTheRetriesBehind() {
    EventHeaders tried =
        new EventHeaders(
            Optional.of("AbCd_-7890123456789012"),
            Optional.empty(),
            3,
            1,
            Optional.of(Instant.EPOCH),
            Optional.of(Instant.EPOCH),
            Optional.of("busy"));
    assertThat(tried.passedOn())
        .isEqualTo(EventHeaders.of("AbCd_-7890123456789012", Optional.empty()));
  }
}
