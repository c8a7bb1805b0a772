package io.keypost.protocol.address;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.testing.Hostile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-ADR-1 to KP-ADR-5, T18, T19: whatever is given for an address or a domain. */
class AddressFuzzTest {

  static Stream<byte[]> texts() {
    return Stream.of(
            "Alice@ALPHA.Test",
            "Ärger@Bücher.test",
            "straße@straße.test",
            "user+tag@xn--bcher-kva.test",
            "ａｌｉｃｅ@alpha.test",
            "\u05d0\u05d1@alpha.test",
            "a%b@alpha.test",
            "alice@alpha.test.",
            "alice@[127.0.0.1]")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  /** As in a request or an envelope. */
  @MethodSource("texts")
  @FuzzTest
  void utf8(byte[] octets) throws Exception {
    hasOneFormOrIsRefused(octets.length, new String(octets, StandardCharsets.UTF_8));
  }

  /** As JSON may hold it: any row of UTF-16 units, half a pair too. */
  @MethodSource("texts")
  @FuzzTest
  void utf16(byte[] octets) throws Exception {
    char[] units = new char[octets.length / 2];
    ByteBuffer.wrap(octets).asCharBuffer().get(units);
    hasOneFormOrIsRefused(octets.length, new String(units));
  }

  private static void hasOneFormOrIsRefused(int octets, String text) throws Exception {
    Hostile.isReadOrRefused(
        octets,
        () -> {
          Address address = Address.parse(text);
          assertThat(Address.parse(address.toString())).isEqualTo(address);
          assertThat(Address.parseCanonical(address.toString())).isEqualTo(address);
          assertThat(address.toString().getBytes(StandardCharsets.UTF_8).length)
              .isLessThanOrEqualTo(Address.MAX_OCTETS);
          assertThat(address.withoutTag().domain()).isEqualTo(address.domain());
          assertThat(LookAlikes.warnings(address)).isNotNull();
          assertThat(Address.parse(address.unicode())).isEqualTo(address);
        });
    Hostile.isReadOrRefused(
        octets,
        () -> {
          MailDomain domain = MailDomain.parse(text);
          assertThat(MailDomain.parseCanonical(domain.value())).isEqualTo(domain);
        });
  }
}
