package io.keypost.protocol.pin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.testing.Hostile;
import io.keypost.protocol.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** KP-PIN-2, KP-PIN-3, T19: whatever stands in a TXT record. */
class PinFuzzTest {
  private static final MailDomain DOMAIN = MailDomain.parse("alpha.test");

  static Stream<byte[]> records() {
    return Vectors.octets("alpha.test/pin.txt", "beta.test/pin.txt", "refused/pin-doubled-tag.txt");
  }

  /** A pin that is read says the same when it is written and read again. */
  @MethodSource("records")
  @FuzzTest
  void txtRecord(byte[] octets) throws Exception {
    // As the strings of a TXT record are read: an octet, a character.
    String text = new String(octets, StandardCharsets.ISO_8859_1);
    boolean claims = Pin.claimsToBePin(text);
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          Pin pin = Pin.parse(text, DOMAIN);
          assertThat(claims).isTrue();
          assertThat(Pin.parse(pin.toTxt(), DOMAIN)).isEqualTo(pin);
        });
  }
}
