package io.keypost.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The body of a request with receipts: written and read by one codec. */
class ReceiptPostTest {
  private static final int POSTS = 200;
  private static final int MUTATIONS = 2_000;
  private static final Bytes CERTIFICATE = Bytes.utf8("der");

  @Test
  @DisplayName("KP-RCP-5: what is written reads back equal")
  void whatIsWrittenReadsBackEqual() {
    SeededRandom.forSeeds(
        POSTS,
        random -> {
          ReceiptPost post = post(random);
          assertThat(ReceiptPost.decode(post.encode())).isEqualTo(post);
        });
  }

  @Test
  @DisplayName("KP-RCP-5: an altered body is refused, or is one that this codec writes")
  void anAlteredBodyIsRefusedOrIsOneThatThisCodecWrites() {
    SeededRandom.forSeeds(
        MUTATIONS,
        random -> {
          byte[] altered =
              SeededRandom.mutate(
                  random, smallPost(random).encode().asInputStream().readAllBytes());
          decodeOrRefuse(Bytes.copyOf(altered))
              .ifPresent(read -> assertThat(ReceiptPost.decode(read.encode())).isEqualTo(read));
        });
  }

  @Test
  void theFormIsTheOneOfTheSpecification() {
    ReceiptPost post =
        new ReceiptPost(List.of(CERTIFICATE, CERTIFICATE), List.of("a.b.c", "d.e.f"));

    assertThat(post.encode())
        .isEqualTo(
            Bytes.utf8("{\"chain\":[\"ZGVy\",\"ZGVy\"],\"receipts\":[\"a.b.c\",\"d.e.f\"]}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"chain\":[\"ZGVy\"]}",
        "{\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[]}",
        "{\"chain\":[\"\"],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"\"]}",
        "{\"chain\":\"ZGVy\",\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":\"a.b.c\"}",
        "{\"chain\":[1],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[null]}",
        "{\"chain\":[[\"ZGVy\"]],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"a b\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"a\\u0000b\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"\\ud800\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"a.b.c\"],\"more\":1}",
        "{\"chain\":[\"ZGVy\"],\"chain\":[\"ZGVy\"],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"a.b.c\"]} {}",
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"a.b.c\"]",
        "{\"chain\":[\"ZGVy==\"],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"ZGV5\\n\"],\"receipts\":[\"a.b.c\"]}",
        "{\"chain\":[\"AB\"],\"receipts\":[\"a.b.c\"]}",
      })
  @DisplayName("KP-RCP-5: anything else is malformed_request")
  void anythingElseIsMalformed(String body) {
    assertMalformed(() -> ReceiptPost.decode(Bytes.utf8(body)));
  }

  @Test
  @DisplayName("KP-RCP-5: octets that are not UTF-8 are malformed_request")
  void octetsThatAreNotUtf8AreMalformed() {
    byte[] body =
        "{\"chain\":[\"ZGVy\"],\"receipts\":[\"a.b.?\"]}"
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    body[body.length - 4] = (byte) 0xff;
    assertMalformed(() -> ReceiptPost.decode(Bytes.copyOf(body)));
  }

  @Test
  @DisplayName("KP-RCP-5: a body beyond its bounds is malformed_request, before it is parsed")
  void aBodyBeyondItsBoundsIsMalformed() {
    String longest = "a".repeat(RecordKind.RECEIPT.maxCharacters());

    assertThat(new ReceiptPost(List.of(CERTIFICATE), List.of(longest)).receipts()).hasSize(1);
    assertMalformed(() -> new ReceiptPost(List.of(CERTIFICATE), List.of(longest + "a")));
    assertMalformed(
        () ->
            new ReceiptPost(
                List.of(CERTIFICATE), Collections.nCopies(ReceiptPost.MAX_RECEIPTS + 1, "a")));
    assertMalformed(
        () ->
            new ReceiptPost(
                Collections.nCopies(CertificateCodec.MAX_CHAIN + 1, CERTIFICATE), List.of("a")));
    assertMalformed(
        () ->
            new ReceiptPost(
                List.of(Bytes.copyOf(new byte[CertificateCodec.MAX_CERTIFICATE_OCTETS + 1])),
                List.of("a")));
    assertMalformed(
        () ->
            new ReceiptPost(
                    List.of(CERTIFICATE), Collections.nCopies(ReceiptPost.MAX_RECEIPTS, longest))
                .encode());
    assertMalformed(() -> ReceiptPost.decode(Bytes.utf8(" ".repeat(ReceiptPost.MAX_OCTETS + 1))));
  }

  private static Optional<ReceiptPost> decodeOrRefuse(Bytes body) {
    try {
      return Optional.of(ReceiptPost.decode(body));
    } catch (RefusedException e) {
      assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_REQUEST);
      return Optional.empty();
    }
  }

  private static void assertMalformed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(RefusedException.class))
        .extracting(RefusedException::code)
        .isEqualTo(RefusalCode.MALFORMED_REQUEST);
  }

  private static ReceiptPost post(RandomGenerator random) {
    return post(random, random.nextInt(1, ReceiptPost.MAX_RECEIPTS + 1), 3_000);
  }

  private static ReceiptPost smallPost(RandomGenerator random) {
    return post(random, random.nextInt(1, 4), 20);
  }

  private static ReceiptPost post(RandomGenerator random, int receipts, int maxCharacters) {
    List<Bytes> chain =
        IntStream.range(0, random.nextInt(1, CertificateCodec.MAX_CHAIN + 1))
            .mapToObj(i -> SeededRandom.bytes(random, random.nextInt(1, maxCharacters)))
            .toList();
    return new ReceiptPost(
        chain, IntStream.range(0, receipts).mapToObj(i -> jws(random, maxCharacters)).toList());
  }

  private static String jws(RandomGenerator random, int maxCharacters) {
    int part = maxCharacters / 4;
    return SeededRandom.bytes(random, random.nextInt(1, part)).base64Url()
        + "."
        + SeededRandom.bytes(random, random.nextInt(1, part)).base64Url()
        + "."
        + SeededRandom.bytes(random, random.nextInt(1, part)).base64Url();
  }
}
