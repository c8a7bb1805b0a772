package io.keypost.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.pin.KeyServerName;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PinnedKeyServersTest {
  private static List<KeyServerName> names(String... names) {
    return List.of(names).stream().map(KeyServerName::parse).toList();
  }

  @Test
  void areTheSameInTheSameOrderWhicheverIsAsked() {
    PinnedKeyServers one =
        new PinnedKeyServers(names("ks2.example.net:8443", "ks1.example.net", "ks2.example.net"));
    PinnedKeyServers other =
        new PinnedKeyServers(
            names("ks1.example.net", "ks2.example.net", "ks2.example.net:8443", "ks1.example.net"));

    assertThat(one).isEqualTo(other);
    assertThat(one.names())
        .extracting(KeyServerName::toString)
        .containsExactly("ks1.example.net", "ks2.example.net", "ks2.example.net:8443");
    assertThat(one.hosts()).hasSize(2);
  }

  @Test
  void areNoMoreThanAPinTakes() {
    List<KeyServerName> nine =
        IntStream.range(0, 9)
            .mapToObj(i -> KeyServerName.parse("ks" + i + ".example.net"))
            .toList();

    assertThatThrownBy(() -> new PinnedKeyServers(nine))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PinnedKeyServers(Collections.emptyList()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
