package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.message.MessageId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealedMessageTest {
  @Test
  void bobReadsWhatAliceSealed() throws IOException {
    Bytes content = Bytes.utf8("Subject: Hello\r\n\r\nWorld\r\n");
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    SealedMessage sealed =
        new MessageSealer(RANDOM)
            .seal(
                content.asInputStream(),
                new SealingRequest(
                    MessageId.random(RANDOM),
                    ALICE,
                    List.of(new SealingRequest.Recipient(BOB.address(), BOB.certificate())),
                    NOW,
                    NOW.plus(Duration.ofDays(7))),
                payload);
    OpenedMessage<Bytes> opened =
        new MessageOpener(BOB)
            .open(
                Bytes.copyOf(payload.toByteArray()).asInputStream(),
                sealed.envelopes().getFirst(),
                ALICE.certificate(),
                NOW,
                Spool.inMemory(1 << 20));
    assertThat(opened.content()).isEqualTo(content);
  }
}
