package io.keypost.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.events.Topics;
import io.keypost.events.command.TopicsCommand;
import io.keypost.events.stage.DeadLetterReason;
import io.keypost.events.stage.DeadLetters;
import io.keypost.events.stage.OutgoingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code keypost topics} as an operator runs it. */
class TopicsCommandOnKafkaTest {
  private final KafkaFixture kafka = new KafkaFixture();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final TopicsCommand command =
      new TopicsCommand(
          new PrintStream(out, true, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8));

  @TempDir private Path directory;
  private String file = "";

  @BeforeEach
  void writeProviderFile() throws IOException {
    file = Files.writeString(directory.resolve("provider.yaml"), kafka.providerFile()).toString();
  }

  @AfterEach
  void close() {
    kafka.close();
  }

  @Test
  void checkFailsUntilApplyHasRun() {
    assertThat(command.run("check", "--config", file)).isEqualTo(1);
    assertThat(text(err))
        .hasLineCount(Topics.values().length)
        .contains("keypost topics: " + kafka.topics.prefix() + "mail.accepted does not exist");

    assertThat(command.run("apply", "--config", file)).isZero();
    assertThat(command.run("check", "--config", file)).isZero();
    assertThat(text(out))
        .contains(
            Topics.values().length + " topics are as declared, prefix " + kafka.topics.prefix());
  }

  @Test
  void theProcessEndsWithTheCommandsExitCode() throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TopicsCommand.class.getName(),
                "check",
                "--config",
                file)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(output)
        .content()
        .contains(kafka.topics.prefix() + "mail.dead-letter does not exist");
  }

  @Test
  @DisplayName("T20: a dead letter goes back to its topic with key, value and headers as they were")
  void replayWritesTheRecordBackAsItWas() throws Exception {
    command.run("apply", "--config", file);
    ProducerRecord<byte[], byte[]> poison =
        new ProducerRecord<>(
            kafka.topics.nameOf(Topics.MAIL_ACCEPTED), octets("key"), octets("poison"));
    poison.headers().add("keypost-version", octets("1")).add("other", octets("x"));
    kafka.write(poison);
    RecordMetadata letter = bury(kafka.read(Topics.MAIL_ACCEPTED, 1).getFirst());

    assertThat(replay(letter.partition(), letter.offset())).isZero();

    assertThat(text(out))
        .contains(
            "written to " + kafka.topics.nameOf(Topics.MAIL_ACCEPTED) + " partition 0 offset 1");
    List<ConsumerRecord<byte[], byte[]>> records = kafka.read(Topics.MAIL_ACCEPTED, 2);
    assertThat(records).hasSize(2);
    assertThat(records.getLast().key()).isEqualTo(octets("key"));
    assertThat(records.getLast().value()).isEqualTo(octets("poison"));
    assertThat(records.getLast().headers()).isEqualTo(records.getFirst().headers());
  }

  @Test
  void replayOfAnOffsetWithoutARecordFailsAndWritesNothing() throws Exception {
    command.run("apply", "--config", file);
    kafka.write(
        new ProducerRecord<>(kafka.topics.nameOf(Topics.MAIL_ACCEPTED), octets("k"), octets("v")));
    RecordMetadata letter = bury(kafka.read(Topics.MAIL_ACCEPTED, 1).getFirst());

    assertThat(replay(letter.partition(), letter.offset() + 5)).isEqualTo(1);

    assertThat(text(err)).contains("has no record at offset " + (letter.offset() + 5));
    assertThat(kafka.read(Topics.MAIL_ACCEPTED, 1)).hasSize(1);
  }

  @Test
  void replayOfWhatIsNoDeadLetterFails() throws Exception {
    command.run("apply", "--config", file);
    RecordMetadata other =
        kafka.write(
            new ProducerRecord<>(
                kafka.topics.nameOf(Topics.MAIL_DEAD_LETTER), octets("k"), octets("\u0001")));

    assertThat(replay(other.partition(), other.offset())).isEqualTo(1);

    assertThat(text(err)).contains("holds no dead letter");
  }

  @Test
  @DisplayName("T48: a letter that names a topic outside of the table is not written back")
  void replayToATopicOutsideOfTheTableIsRefused() throws Exception {
    command.run("apply", "--config", file);
    RecordMetadata letter =
        bury(
            new ConsumerRecord<>(
                kafka.topics.prefix() + "somebody.else", 0, 0, octets("k"), octets("v")));

    assertThat(replay(letter.partition(), letter.offset())).isEqualTo(1);

    assertThat(text(err)).contains("somebody.else is none of this provider's topics");
  }

  private int replay(int partition, long offset) {
    return command.run(
        "replay",
        "--config",
        file,
        "--partition",
        Integer.toString(partition),
        "--offset",
        Long.toString(offset));
  }

  private RecordMetadata bury(ConsumerRecord<byte[], byte[]> record) throws Exception {
    OutgoingEvent letter =
        DeadLetters.of(record, "verifier", DeadLetterReason.UNDECODABLE, "no event", Instant.EPOCH);
    return kafka.write(
        new ProducerRecord<>(
            kafka.topics.nameOf(Topics.MAIL_DEAD_LETTER),
            letter.key().toByteArray(),
            letter.value().toByteArray()));
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
