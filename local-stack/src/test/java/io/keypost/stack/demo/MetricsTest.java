package io.keypost.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {

  private final Metrics metrics =
      Metrics.parse(
          """
          # HELP lookups_total addresses that were asked for
          # TYPE lookups_total counter
          lookups_total{caller="operator",outcome="ok",} 3.0
          lookups_total{caller="user",outcome="ok",} 4.0
          lookups_total_bytes 99
          jvm_memory_max_bytes{area="nonheap"} -1.0
          accepted_total 1.2E2
          """);

  @Test
  void sumsOverLabels() {
    assertThat(metrics.sum("lookups_total")).isEqualTo(7);
    assertThat(metrics.sum("lookups_total", "caller=\"user\"")).isEqualTo(4);
    assertThat(metrics.sum("accepted_total")).isEqualTo(120);
    assertThat(metrics.sum("jvm_memory_max_bytes", "area=\"nonheap\"")).isEqualTo(-1);
  }

  @Test
  void takesWhatWasNeverCountedAsZero() {
    assertThat(metrics.sum("refused_total")).isZero();
  }
}
