package io.keypost.directory.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerTarget;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalKind;
import io.keypost.protocol.testing.Hostile;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** T08, T19: whatever a foreign key server answers. */
class KeyServerJsonFuzzTest {
  private static final PeerTarget TARGET = new PeerTarget(MailDomain.parse("ks.beta.test"), 443);

  static Stream<byte[]> answers() {
    return Stream.of(
            """
            {"answers": [
               {"address": "bob@beta.test", "record": "a.b.c"},
               {"address": "carol@beta.test",
                "problem": {"code": "not_found", "detail": "no such address"}}],
             "domains": {"beta.test": "a.b.c"},
             "servers": {"beta.test": "a.b.c"},
             "revocations": {"beta.test": "a.b.c"}}
            """,
            "{\"record\": \"a.b.c\"}",
            "{\"code\": \"busy\", \"detail\": \"later\"}")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("answers")
  @FuzzTest
  void answer(byte[] octets) throws Exception {
    PeerAnswer answer =
        new PeerAnswer(
            200,
            "application/json",
            Bytes.copyOf(octets),
            TARGET,
            new InetSocketAddress("127.0.0.1", 443));
    Hostile.isReadOrRefused(
        octets.length,
        () -> {
          LookupAnswer read = KeyServerJson.lookupAnswer(answer);
          assertThat(read.addresses()).hasSizeLessThanOrEqualTo(LookupAnswer.MAX_ANSWERS);
          assertThat(read.domains()).hasSizeLessThanOrEqualTo(LookupAnswer.MAX_ANSWERS);
          // What a key server thinks of an address ends no mail.
          assertThat(read.addresses().values())
              .allSatisfy(
                  found ->
                      assertThat(
                              found instanceof AddressAnswer.Problem problem
                                  ? problem.refusal().code().kind()
                                  : RefusalKind.RETRY_AFTER)
                          .isEqualTo(RefusalKind.RETRY_AFTER));
        });
    Hostile.isReadOrRefused(
        octets.length, () -> assertThat(KeyServerJson.member(answer, "record")).isNotNull());
    Hostile.isReadOrRefused(
        octets.length,
        () ->
            assertThat(KeyServerJson.refusal(answer).code().kind())
                .isEqualTo(RefusalKind.RETRY_AFTER));
  }
}
