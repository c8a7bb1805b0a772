package io.keypost.events.command;

import io.keypost.events.TopicAdmin;
import io.keypost.events.TopicSettings;
import io.keypost.events.Topics;
import io.keypost.events.TopicsDifferException;
import io.keypost.events.config.KafkaConfig;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * {@code keypost topics apply|check --config FILE}: creates the provider's topics, or says what
 * differs. Exit codes: 0 all topics are as declared, 1 they are not or the brokers do not answer, 2
 * wrong usage.
 *
 * <p>{@code keypost topics replay --config FILE --partition P --offset O}: writes one dead letter
 * back to the topic it came from, once its cause is mended.
 */
public final class TopicsCommand {

  private static final String USAGE =
      """
      usage: keypost topics apply  --config FILE
             keypost topics check  --config FILE
             keypost topics replay --config FILE --partition P --offset O\
      """;

  private final PrintStream out;
  private final PrintStream err;

  /** A command that speaks to the two streams. */
  public TopicsCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(new TopicsCommand(System.out, System.err).run(arguments));
  }

  /** Runs the command; returns its exit code. */
  public int run(String... arguments) {
    try {
      TopicsArguments parsed = TopicsArguments.parse(arguments);
      KafkaConfig config = read(parsed.config());
      return switch (parsed) {
        case TopicsArguments.Apply _ -> apply(config);
        case TopicsArguments.Check _ -> check(config);
        case TopicsArguments.Replay(Path _, int partition, long offset) ->
            replay(config, partition, offset);
      };
    } catch (TopicsArguments.UsageException e) {
      err.println("keypost topics: " + e.getMessage());
      err.println(USAGE);
      return 2;
    } catch (TopicsDifferException e) {
      e.differences()
          .forEach(difference -> err.println("keypost topics: " + difference.describe()));
      return 1;
    } catch (IOException | KafkaException | IllegalArgumentException | NoSuchElementException e) {
      err.println("keypost topics: " + e.getMessage());
      return 1;
    }
  }

  private int apply(KafkaConfig config) {
    TopicSettings topics = config.topics();
    try (Admin admin = Admin.create(config.clients().forAdmin())) {
      new TopicAdmin(admin, topics).apply();
    }
    out.println(Topics.values().length + " topics are as declared" + prefixNote(topics));
    return 0;
  }

  private int check(KafkaConfig config) {
    TopicSettings topics = config.topics();
    try (Admin admin = Admin.create(config.clients().forAdmin())) {
      new TopicAdmin(admin, topics).check();
    }
    out.println(Topics.values().length + " topics are as declared" + prefixNote(topics));
    return 0;
  }

  private int replay(KafkaConfig config, int partition, long offset) {
    try (DeadLetterReplay replay = DeadLetterReplay.open(config.clients(), config.topics())) {
      DeadLetterReplay.Replayed replayed = replay.replay(partition, offset);
      out.println(
          "written to "
              + replayed.topic()
              + " partition "
              + replayed.partition()
              + " offset "
              + replayed.offset());
    }
    return 0;
  }

  private static String prefixNote(TopicSettings topics) {
    return topics.prefix().isEmpty() ? "" : ", prefix " + topics.prefix();
  }

  /**
   * The provider file as the services read it: environment and system properties stand above it.
   */
  static KafkaConfig read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("cannot read " + file);
    }
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addSystemSources()
            .withSources(new YamlConfigSource(file.toUri().toURL()))
            .withMapping(KafkaConfig.class)
            .withValidateUnknown(false)
            .build();
    return config.getConfigMapping(KafkaConfig.class);
  }
}
