package io.keypost.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.record.AddressRecord.Alias;
import io.keypost.protocol.record.AddressRecord.Content;
import io.keypost.protocol.record.AddressRecord.Mailbox;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContentDigestTest {
  private static final Instant NOW = Instant.parse("2026-11-24T06:00:00Z");
  private static final Address INFO = Address.parse("info@alpha.test");
  private static final Address BOB = Address.parse("bob@beta.test");

  @Test
  void orderAndTimesAreNotContent() {
    Content mailbox = mailbox("certificate");

    assertThat(ContentDigest.of(record(1, 1, NOW, null, mailbox)))
        .isEqualTo(
            ContentDigest.of(
                record(2, 7, NOW.plusSeconds(60), Digest.sha256(Bytes.empty()), mailbox)));
  }

  @Test
  void anEmbeddedConsentIsNotContentButTheTargetIs() {
    Digest pointer = ContentDigest.of(record(1, 1, NOW, null, new Alias(BOB, "first")));

    assertThat(ContentDigest.of(record(1, 1, NOW, null, new Alias(BOB, "renewed"))))
        .isEqualTo(pointer);
    assertThat(ContentDigest.of(record(1, 1, NOW, null, new Alias(INFO, "first"))))
        .isNotEqualTo(pointer);
  }

  @Test
  void anotherCertificateIsAnotherContent() {
    assertThat(ContentDigest.of(record(1, 1, NOW, null, mailbox("certificate"))))
        .isNotEqualTo(ContentDigest.of(record(1, 1, NOW, null, mailbox("other"))));
  }

  private static Mailbox mailbox(String certificate) {
    return new Mailbox(Bytes.utf8(certificate), MailDomain.parse("alpha.test"), "default");
  }

  private static AddressRecord record(
      long gen, long seq, Instant issued, @Nullable Digest predecessor, Content content) {
    return new AddressRecord(
        INFO, gen, seq, issued, issued.plusSeconds(60), predecessor, content, List.of());
  }
}
