package io.keypost.events.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.events.TopicSettings;
import io.keypost.events.config.KafkaConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final TopicsCommand command =
      new TopicsCommand(
          new PrintStream(out, true, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8));

  @TempDir private Path directory;

  @Test
  void readsTheProviderFile() throws IOException {
    KafkaConfig config = TopicsCommand.read(providerFile());
    assertThat(config.topics())
        .isEqualTo(new TopicSettings("alpha.", 6, 1, 1, TopicSettings.Deployment.SINGLE_NODE));
    assertThat(config.clients().bootstrapServers()).isEqualTo("127.0.0.1:9");
    assertThat(config.clients().client()).containsEntry("security.protocol", "PLAINTEXT");
  }

  @Test
  void saysHowItIsUsedWhenTheWordIsUnknown() {
    assertThat(command.run("drop", "--config", "x")).isEqualTo(2);
    assertThat(errors()).contains("no such word: drop").contains("usage: keypost topics apply");
  }

  @Test
  void saysWhichOptionIsMissingDoubledOrOutOfRange() throws IOException {
    String file = providerFile().toString();
    assertThat(command.run()).isEqualTo(2);
    assertThat(command.run("apply")).isEqualTo(2);
    assertThat(command.run("apply", "--config")).isEqualTo(2);
    assertThat(command.run("apply", "--config", file, "--config", file)).isEqualTo(2);
    assertThat(command.run("replay", "--config", file, "--partition", "0")).isEqualTo(2);
    assertThat(command.run("replay", "--config", file, "--partition", "-1", "--offset", "0"))
        .isEqualTo(2);
    assertThat(errors())
        .contains("--config is missing")
        .contains("--offset takes a number")
        .contains("--partition is out of range");
  }

  @Test
  void failsWithOneLineWhenTheFileCannotBeRead() {
    assertThat(command.run("check", "--config", directory.resolve("none.yaml").toString()))
        .isEqualTo(1);
    assertThat(errors()).startsWith("keypost topics: cannot read").hasLineCount(1);
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Path providerFile() throws IOException {
    return Files.writeString(
        directory.resolve("provider.yaml"),
        """
        keypost:
          operator: alpha.test
          single-node: true
          kafka:
            bootstrap-servers: "127.0.0.1:9"
            topic-prefix: "alpha."
            partitions: 6
            replication: 1
            min-insync: 1
            client:
              security.protocol: PLAINTEXT
        """);
  }
}
