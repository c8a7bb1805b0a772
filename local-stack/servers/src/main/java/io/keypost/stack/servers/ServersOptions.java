package io.keypost.stack.servers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How the servers' process is started.
 *
 * @param directory everything it writes stands below this
 * @param lifetime when it ends by itself
 * @param durability what committed data survives
 * @param data whether data of an earlier run is used again
 * @param ports for clients; 0 chooses a free one
 * @param extent which servers run
 */
public record ServersOptions(
    Path directory,
    Lifetime lifetime,
    Durability durability,
    Data data,
    Ports ports,
    Extent extent) {

  /** Which servers run. */
  public enum Extent {
    /** Kafka, PostgreSQL and DNS. */
    ALL,
    /** DNS alone, where Kafka and PostgreSQL are someone else's. */
    DNS_ONLY
  }

  /** Client ports. */
  public record Ports(int kafka, int postgres, int dns) {
    /** All of them chosen free. */
    public static final Ports FREE = new Ports(0, 0, 0);
  }

  /** What committed data survives. */
  public enum Durability {
    /** The death of every process: PostgreSQL does not wait for the disk. For tests. */
    PROCESS_CRASH,
    /** Also a loss of power. */
    POWER_LOSS
  }

  /** What becomes of the data directories. */
  public enum Data {
    /** Emptied at start and at the end. */
    THROW_AWAY,
    /** Kept, with the DNS keys. */
    KEEP
  }

  /** When the process ends by itself. */
  public sealed interface Lifetime {
    /** When its standard input ends: with the process that started it. */
    record OfStarter() implements Lifetime {}

    /**
     * When nobody has asked for {@code idle}, or the owner is gone.
     *
     * @param owner process id
     */
    record WhileUsed(Duration idle, OptionalLong owner) implements Lifetime {}
  }

  List<String> toArguments() {
    var arguments =
        new ArrayList<>(
            List.of(
                directory.toString(),
                durability.name(),
                data.name(),
                ports.kafka() + "," + ports.postgres() + "," + ports.dns(),
                extent.name()));
    switch (lifetime) {
      case Lifetime.OfStarter starter -> arguments.add("OF_STARTER");
      case Lifetime.WhileUsed(var idle, var owner) -> {
        arguments.add("WHILE_USED");
        arguments.add(idle.toString());
        owner.ifPresent(pid -> arguments.add(Long.toString(pid)));
      }
    }
    return arguments;
  }

  static ServersOptions parse(List<String> arguments) {
    if (arguments.size() < 6) {
      throw new IllegalArgumentException(
          "usage: DIRECTORY PROCESS_CRASH|POWER_LOSS THROW_AWAY|KEEP KAFKA,POSTGRES,DNS"
              + " OF_STARTER|WHILE_USED IDLE [OWNER]");
    }
    var ports = arguments.get(3).split(",", 3);
    return new ServersOptions(
        Path.of(arguments.get(0)).toAbsolutePath(),
        parseLifetime(arguments.subList(5, arguments.size())),
        Durability.valueOf(arguments.get(1)),
        Data.valueOf(arguments.get(2)),
        new Ports(
            Integer.parseInt(ports[0]), Integer.parseInt(ports[1]), Integer.parseInt(ports[2])),
        Extent.valueOf(arguments.get(4)));
  }

  private static Lifetime parseLifetime(List<String> arguments) {
    if (arguments.getFirst().equals("OF_STARTER")) {
      return new Lifetime.OfStarter();
    }
    return new Lifetime.WhileUsed(
        Duration.parse(arguments.get(1)),
        arguments.size() > 2
            ? OptionalLong.of(Long.parseLong(arguments.get(2)))
            : OptionalLong.empty());
  }
}
