package io.keypost.delivery.jmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.delivery.custody.StoredMail;
import io.keypost.delivery.fixture.TestMail;
import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.message.SignedEnvelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KP-MBX-2. */
class PgpMimeTest {
  private final TestMail mail = new TestMail(19);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 56, 57, 58, 113, 114, 115, 4096, 100_000})
  void saysItsSizeBeforeItIsWritten(int octets) throws IOException {
    Bytes payload = mail.octets(octets);
    PgpMime message = PgpMime.of(stored(payload));

    byte[] written = write(message, payload);

    assertThat(message.size()).isEqualTo(written.length);
  }

  @Test
  void isWhatTheStandardDescribesByKpMbx2() throws IOException {
    Bytes payload = mail.octets(5000);
    String text =
        new String(
            write(PgpMime.of(stored(payload)), payload), java.nio.charset.StandardCharsets.UTF_8);

    assertThat(text)
        .startsWith("From: <alice@alpha.test>\r\nTo: <bob@beta.test>\r\n")
        .contains("protocol=\"application/pgp-encrypted\"")
        .contains("Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n")
        .contains("Subject: [...]\r\n");
    String armored =
        text.substring(
            text.indexOf("-----BEGIN PGP MESSAGE-----\r\n\r\n") + 31,
            text.indexOf("\r\n-----END PGP MESSAGE-----"));
    assertThat(Bytes.copyOf(Base64.getMimeDecoder().decode(armored))).isEqualTo(payload);
    assertThat(armored.lines()).allMatch(line -> line.length() <= 76);
  }

  private static byte[] write(PgpMime message, Bytes payload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message.write(payload.asInputStream(), out);
    return out.toByteArray();
  }

  private StoredMail stored(Bytes payload) {
    SignedEnvelope sealed =
        mail.envelope(
            "alice@alpha.test",
            "bob@beta.test",
            mail.id(),
            payload,
            TestMail.NOW,
            Duration.ofDays(1));
    return new StoredMail(
        1,
        sealed.envelopeDigest(),
        sealed,
        new PayloadLocation("segment", 0, payload.size(), Digest.sha256(payload)),
        TestMail.NOW);
  }
}
