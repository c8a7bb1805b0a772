package io.keypost.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.client.TrustChain;
import io.keypost.client.TrustChain.BrokenLink;
import io.keypost.client.TrustChain.Kind;
import io.keypost.client.TrustChain.Link;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrustChainViewTest {
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00.123Z");

  private static final TrustChain BROKEN =
      new TrustChain(
          Address.parse("bob@beta.test"),
          List.of(
              new Link(
                  Kind.DNS, "beta.test", NOW, "is secure\u001b[2J", Map.of("dnssec", "secure"))),
          Optional.empty(),
          Optional.of(
              new BrokenLink(
                  Kind.SIGNING_CERTIFICATE,
                  "beta.test",
                  NOW,
                  RefusedException.retryAfter(
                      RefusalCode.RECORD_UNTRUSTED, Duration.ofSeconds(60), "not good"))));

  @Test
  void showsTheLinksThatHeldAndThenTheOneThatFailed() {
    assertThat(TrustChainView.lines(BROKEN))
        .containsExactly(
            "ok    2026-11-24T07:00:00Z  dns                  beta.test: is secure\ufffd[2J",
            "FAIL  2026-11-24T07:00:00Z  signing-certificate  beta.test: record_untrusted: not"
                + " good");
  }

  @Test
  void showsANameInUnicodeWithItsCanonicalFormBeside() {
    TrustChain chain =
        new TrustChain(
            Address.parse("jürg@zürich.test"),
            List.of(
                new Link(Kind.DNS, "xn--zrich-kva.test", NOW, "is secure", Map.of()),
                new Link(Kind.ADDRESS, "jürg@xn--zrich-kva.test", NOW, "a mailbox", Map.of())),
            Optional.empty(),
            Optional.empty());

    assertThat(TrustChainView.lines(chain))
        .satisfiesExactly(
            dns -> assertThat(dns).endsWith("  zürich.test (xn--zrich-kva.test): is secure"),
            address ->
                assertThat(address)
                    .endsWith("  jürg@zürich.test (jürg@xn--zrich-kva.test): a mailbox"));
  }

  @Test
  void saysTheSameInJson() throws IOException {
    JsonNode json = new ObjectMapper().readTree(TrustChainView.json(BROKEN));

    assertThat(json)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {
                      "asked": "bob@beta.test",
                      "links": [
                        {
                          "link": "dns",
                          "subject": "beta.test",
                          "at": "2026-11-24T07:00:00.123Z",
                          "detail": "is secure\\u001b[2J",
                          "facts": {"dnssec": "secure"}
                        }
                      ],
                      "failure": {
                        "link": "signing-certificate",
                        "subject": "beta.test",
                        "at": "2026-11-24T07:00:00.123Z",
                        "code": "record_untrusted",
                        "kind": "retry_after",
                        "detail": "not good",
                        "retry_after_seconds": 60
                      }
                    }
                    """));
  }
}
