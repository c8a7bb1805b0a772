package io.keypost.events;

/**
 * One way in which a topic at the broker is not as {@link Topics} and the provider's settings say.
 */
public sealed interface TopicDifference {

  /** The topic's name at the broker. */
  String topic();

  /** One line for the operator. */
  String describe();

  /** The topic does not exist. */
  record Missing(String topic) implements TopicDifference {
    @Override
    public String describe() {
      return topic + " does not exist";
    }
  }

  /**
   * Another number of partitions. Never changed by {@code apply}: keys would move to other
   * partitions and lose their order.
   */
  record Partitions(String topic, int expected, int found) implements TopicDifference {
    @Override
    public String describe() {
      return topic + " has " + found + " partitions, expected " + expected;
    }
  }

  /**
   * A partition with another number of copies. Never changed by {@code apply}: moving data is the
   * operator's decision.
   */
  record Replication(String topic, int expected, int found) implements TopicDifference {
    @Override
    public String describe() {
      return topic + " is kept " + found + " times, expected " + expected;
    }
  }

  /** A topic setting with another value. */
  record Setting(String topic, String name, String expected, String found)
      implements TopicDifference {
    @Override
    public String describe() {
      return topic + " has " + name + "=" + found + ", expected " + expected;
    }
  }
}
