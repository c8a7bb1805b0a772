package io.keypost.protocol;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Runs a property many times, each with a generator of its own seed, and names the seed that
 * failed. {@code -Dkeypost.seed=N} runs that one again.
 */
public final class SeededRandom {
  private static final long FIRST_SEED = 20_261_124L;

  private SeededRandom() {}

  /** What must hold for whatever the generator makes. */
  @FunctionalInterface
  public interface Property {
    void holds(RandomGenerator random) throws Exception;
  }

  public static void forSeeds(int count, Property property) {
    Long only = Long.getLong("keypost.seed");
    long from = only == null ? FIRST_SEED : only;
    long to = only == null ? FIRST_SEED + count : only + 1;
    for (long seed = from; seed < to; seed++) {
      try {
        property.holds(generator(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("fails with -Dkeypost.seed=" + seed + ": " + e, e);
      }
    }
  }

  public static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  public static byte[] octets(RandomGenerator random, int size) {
    byte[] octets = new byte[size];
    random.nextBytes(octets);
    return octets;
  }

  public static Bytes bytes(RandomGenerator random, int size) {
    return Bytes.copyOf(octets(random, size));
  }

  /** A copy with one to four octets changed, dropped, doubled or inserted. */
  public static byte[] mutate(RandomGenerator random, byte[] original) {
    byte[] mutated = original.clone();
    int changes = random.nextInt(1, 5);
    for (int i = 0; i < changes; i++) {
      mutated = mutateOnce(random, mutated);
    }
    return mutated;
  }

  private static byte[] mutateOnce(RandomGenerator random, byte[] original) {
    if (original.length == 0) {
      return octets(random, 1);
    }
    int at = random.nextInt(original.length);
    return switch (random.nextInt(4)) {
      case 0 -> {
        byte[] changed = original.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield changed;
      }
      case 1 -> splice(original, at, at + 1, new byte[0]);
      case 2 -> splice(original, at, at, octets(random, random.nextInt(1, 5)));
      default -> Arrays.copyOf(original, at);
    };
  }

  private static byte[] splice(byte[] original, int from, int to, byte[] middle) {
    byte[] result = new byte[original.length - (to - from) + middle.length];
    System.arraycopy(original, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(original, to, result, from + middle.length, original.length - to);
    return result;
  }
}
