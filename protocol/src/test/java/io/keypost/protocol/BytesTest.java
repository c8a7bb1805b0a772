package io.keypost.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @Test
  void doesNotChangeWhenTheArrayItWasMadeFromDoes() {
    byte[] source = {1, 2, 3};
    Bytes bytes = Bytes.copyOf(source);
    source[0] = 9;
    bytes.toByteArray()[1] = 9;
    assertThat(bytes.hex()).isEqualTo("010203");
  }

  @Test
  void readsBackEveryTextFormThatItWrites() {
    SeededRandom.forSeeds(
        300,
        random -> {
          Bytes bytes = SeededRandom.bytes(random, random.nextInt(0, 70));
          assertThat(Bytes.parseHex(bytes.hex())).isEqualTo(bytes).hasSameHashCodeAs(bytes);
          assertThat(Bytes.parseBase64Url(bytes.base64Url())).isEqualTo(bytes);
          assertThat(Bytes.parseBase64(bytes.base64())).isEqualTo(bytes);
          assertThat(Bytes.copyOf(bytes.asByteBuffer())).isEqualTo(bytes);
          int cut = random.nextInt(0, bytes.size() + 1);
          assertThat(Bytes.concat(bytes.slice(0, cut), bytes.slice(cut, bytes.size())))
              .isEqualTo(bytes);
          assertThat(bytes.startsWith(bytes.slice(0, cut))).isTrue();
        });
  }

  @ParameterizedTest(name = "refuses base64url \"{0}\"")
  @ValueSource(strings = {"AA==", "AB", "A", "A A", "AAA\n", "AA+A", "AA/A", "Ä"})
  void refusesBase64UrlInAnyOtherForm(String text) {
    assertThatThrownBy(() -> Bytes.parseBase64Url(text))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_ENCODING));
  }

  @Test
  void refusesWhatIsNotHexadecimal() {
    assertThatThrownBy(() -> Bytes.parseHex("0g")).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> Bytes.parseHex("012")).isInstanceOf(RefusedException.class);
  }

  @Test
  void digestsTheKnownAnswerOfFips180() {
    assertThat(Digest.sha256(Bytes.utf8("abc")).hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void digestsPiecesAsItDigestsTheWhole() {
    SeededRandom.forSeeds(
        50,
        random -> {
          byte[] data = SeededRandom.octets(random, random.nextInt(1, 5000));
          Digest.Accumulator pieces = Digest.accumulator();
          int at = 0;
          while (at < data.length) {
            int length = Math.min(random.nextInt(1, 700), data.length - at);
            ByteBuffer piece = ByteBuffer.wrap(data, at, length);
            pieces.update(piece);
            assertThat(piece.remaining()).isEqualTo(length);
            at += length;
          }
          assertThat(pieces.size()).isEqualTo(data.length);
          assertThat(pieces.finish()).isEqualTo(Digest.sha256(data));
        });
  }

  @Test
  void refusesADigestOfAnotherSize() {
    assertThatThrownBy(() -> new Digest(Bytes.copyOf(new byte[31])))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> Digest.parseBase64Url("AAAA")).isInstanceOf(RefusedException.class);
  }
}
