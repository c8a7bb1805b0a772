package io.keypost.stack.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a service's Prometheus page says at one moment.
 *
 * @param samples value by name with labels, as they stand on the page
 */
record Metrics(Map<String, Double> samples) {

  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{.*})?) ([0-9.eE+-]+|NaN|\\+Inf|-Inf)(?: .*)?");

  Metrics {
    samples = Map.copyOf(samples);
  }

  static Metrics parse(String page) {
    var samples = new TreeMap<String, Double>();
    page.lines()
        .filter(line -> !line.startsWith("#"))
        .map(SAMPLE::matcher)
        .filter(Matcher::matches)
        .forEach(match -> samples.put(match.group(1), number(match.group(2))));
    return new Metrics(samples);
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /**
   * Sum of a metric over all its labels.
   *
   * @param labels each must stand in the sample's labels, such as {@code kind="transfer"}
   * @return 0 if the service has not counted any
   */
  double sum(String name, String... labels) {
    return samples.entrySet().stream()
        .filter(sample -> sample.getKey().equals(name) || sample.getKey().startsWith(name + "{"))
        .filter(sample -> Stream.of(labels).allMatch(sample.getKey()::contains))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
