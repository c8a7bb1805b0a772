package io.keypost.events.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.events.Topics;
import io.keypost.events.mail.Examples;
import io.keypost.events.mail.MailEvents;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.testing.Hostile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.provider.MethodSource;

/** T19, T20: whatever stands in a topic is an event or a reason for the dead letters. */
class EventFuzzTest {
  private static final List<EventCodec<?>> CODECS =
      List.of(
          MailEvents.ACCEPTED,
          MailEvents.VERIFIED,
          MailEvents.ROUTED_MAILBOX,
          MailEvents.ROUTED_TRANSFER,
          MailEvents.PROPOSED,
          MailEvents.OUTCOME);

  static Stream<byte[]> events() {
    Examples examples =
        new Examples(RandomGeneratorFactory.of("L64X128MixRandom").create(20_261_124L));
    return IntStream.range(0, 4)
        .boxed()
        .flatMap(
            round ->
                Stream.of(
                    event(0, MailEvents.ACCEPTED.encode(examples.accepted())),
                    event(1, MailEvents.VERIFIED.encode(examples.verified())),
                    event(2, MailEvents.ROUTED_MAILBOX.encode(examples.routedMailbox())),
                    event(3, MailEvents.ROUTED_TRANSFER.encode(examples.routedTransfer())),
                    event(4, MailEvents.PROPOSED.encode(examples.proposed())),
                    event(5, MailEvents.OUTCOME.encode(examples.outcome()))));
  }

  private static byte[] event(int codec, Bytes octets) {
    return Bytes.concat(Bytes.copyOf(new byte[] {(byte) codec}), octets).toByteArray();
  }

  /** The value of a record, the first octet choosing its topic. */
  @MethodSource("events")
  @FuzzTest
  void value(byte[] octets) throws Exception {
    if (octets.length > 0) {
      EventCodec<?> codec = CODECS.get((octets[0] & 0xff) % CODECS.size());
      byte[] value = Arrays.copyOfRange(octets, 1, octets.length);
      Hostile.isReadOrRefused(octets.length, () -> isEventOrReason(codec, value));
    }
  }

  private static <T> void isEventOrReason(EventCodec<T> codec, byte[] value) {
    try {
      T event = codec.decode(value);
      assertThat(codec.decode(codec.encode(event).toByteArray())).isEqualTo(event);
      assertThat(codec.key(event).isEmpty()).isFalse();
    } catch (UndecodableEventException e) {
      assertThat(e.reason()).isNotNull();
    }
  }

  static Stream<byte[]> headerLines() {
    return Stream.of(
            "keypost-version\n1\nkeypost-message-id\nAAAAAAAAAAAAAAAAAAAAAA\nkeypost-attempts\n3",
            "keypost-version\n2",
            "keypost-version\n1\nkeypost-not-before-ms\n999999999999999999\nkeypost-why\nbusy",
            "keypost-version\n1\nkeypost-first-failed-at-ms\n-1\nkeypost-faults\n99999999999")
        .map(text -> text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Names and values of headers, a line each, beside a value that is no event. */
  @MethodSource("headerLines")
  @FuzzTest
  void headers(byte[] octets) throws Exception {
    Headers headers = new RecordHeaders();
    String[] lines = new String(octets, StandardCharsets.ISO_8859_1).split("\n", -1);
    for (int i = 0; i + 1 < lines.length; i += 2) {
      headers.add(lines[i], lines[i + 1].getBytes(StandardCharsets.ISO_8859_1));
    }
    ConsumerRecord<byte[], byte[]> polled =
        new ConsumerRecord<>(Topics.MAIL_ACCEPTED.baseName(), 0, 0, new byte[0], octets);
    headers.forEach(polled.headers()::add);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          // What was no US-ASCII is not passed on as it was, but from then on always the same.
          EventHeaders passedOn = EventHeaders.read(EventHeaders.read(headers).write());
          assertThat(EventHeaders.read(passedOn.write())).isEqualTo(passedOn);
          assertThat(passedOn.attempts()).isEqualTo(EventHeaders.read(headers).attempts());
          assertThat(new EventReader<>(MailEvents.ACCEPTED).read(polled))
              .isInstanceOf(EventReader.Read.Undecodable.class);
        });
  }
}
