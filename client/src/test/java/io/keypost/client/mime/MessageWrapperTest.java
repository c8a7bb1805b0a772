package io.keypost.client.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** KP-RDR-5 and KP-RDR-7. */
class MessageWrapperTest {
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final Address BOB = Address.parse("bob@beta.test");
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final MessageId ID = MessageId.random(generator(1));
  private static final long FIRST_SEED = 20_261_124;

  @Test
  void aForeignMessageComesOutAsItWentInByKpRdr7() throws IOException {
    for (String foreign :
        List.of(
            "Subject: Hi\r\n\r\nHello\r\n",
            "Subject: Hi\n\nHello\n",
            "Subject: no end of line\r\n\r\nHello",
            "Subject: no body\r\n\r\n",
            "Subject: header only\r\n",
            "",
            "\r\n",
            "\n\n\n",
            "From: x\r\n\r\nbare\rCR and \u0000 NUL\r\n.\r\n",
            "Subject: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\n"
                + "From: Пётр <пётр@пример.test>\r\n\r\n"
                + "Привет\r\n",
            "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--\r\nepilogue")) {
      assertRoundTrip(Bytes.utf8(foreign));
    }
  }

  @Test
  void randomOctetsComeOutAsTheyWentInByKpRdr7() throws IOException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 500; seed++) {
      RandomGenerator random = generator(seed);
      try {
        assertRoundTrip(octets(random, random.nextInt(5000)));
      } catch (AssertionError | RefusedException e) {
        throw new AssertionError("fails with seed " + seed, e);
      }
    }
  }

  @Test
  void linesOfEveryKindComeOutAsTheyWentIn() throws IOException {
    String[] ends = {"\r\n", "\n", "\r", "", "\r\n\r\n", "\n\r"};
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 500; seed++) {
      RandomGenerator random = generator(seed);
      StringBuilder message = new StringBuilder("Subject: " + seed);
      for (int i = 0; i < 40; i++) {
        message.append(ends[random.nextInt(ends.length)]).append("ä".repeat(random.nextInt(4)));
      }
      try {
        assertRoundTrip(Bytes.utf8(message.toString()));
      } catch (AssertionError | RefusedException e) {
        throw new AssertionError("fails with seed " + seed, e);
      }
    }
  }

  @Test
  void tenMegabytesComeOutAsTheyWentIn() throws IOException {
    assertRoundTrip(octets(generator(3), 10 << 20));
  }

  @Test
  void theWrapperSaysWhoWhenAndThatItsHeaderIsProtected() throws IOException {
    String wrapped = text(wrapped(Bytes.utf8("Subject: Hi\r\n\r\nHello\r\n"), "Hi"));
    assertThat(wrapped)
        .isEqualTo(
            "Keypost-Id: "
                + ID
                + "\r\n"
                + "From: alice@alpha.test\r\n"
                + "To: bob@beta.test\r\n"
                + "Date: Tue, 24 Nov 2026 07:00:00 +0000\r\n"
                + "Subject: Hi\r\n"
                + "MIME-Version: 1.0\r\n"
                + "Content-Type: message/rfc822; hp=\"cipher\"\r\n"
                + "Content-Transfer-Encoding: binary\r\n\r\n"
                + "Subject: Hi\r\n\r\n"
                + "Hello\r\n");
  }

  @Test
  void aSubjectCannotAddFields() throws IOException {
    Bytes wrapped = wrapped(Bytes.utf8("x"), "Hi\r\nFrom: mallory@evil.test\r\n\r\nbody");
    assertThat(MessageWrapper.unwrap(wrapped, envelope(ALICE)).message())
        .isEqualTo(Bytes.utf8("x"));
  }

  @Test
  @DisplayName("KP-RDR-5: another, no or a second Keypost-Id is refused")
  void refusesAnotherIdByKpRdr5() throws IOException {
    String good = text(wrapped(Bytes.utf8("x"), ""));
    for (String bad :
        List.of(
            good.replace("Keypost-Id: " + ID, "Keypost-Id: " + MessageId.random(generator(2))),
            good.replaceFirst("Keypost-Id: [^\r]*\r\n", ""),
            "Keypost-Id: " + ID + "\r\n" + good,
            "keypost-id: " + MessageId.random(generator(2)) + "\r\n" + good)) {
      assertRefused(Bytes.utf8(bad), RefusalCode.IDENTITY_MISMATCH);
    }
  }

  @Test
  @DisplayName("KP-RDR-5: another, no or a second From is refused")
  void refusesAnotherSenderByKpRdr5() throws IOException {
    String good = text(wrapped(Bytes.utf8("x"), ""));
    for (String from :
        List.of(
            "From: mallory@evil.test",
            "From: alice@alpha.test, mallory@evil.test",
            "From: \"alice@alpha.test\" <mallory@evil.test>",
            "From: mallory@evil.test\r\nFrom: alice@alpha.test",
            "From: Group: alice@alpha.test, bob@beta.test;",
            "From:",
            "X: y")) {
      assertRefused(
          Bytes.utf8(good.replace("From: alice@alpha.test", from)), RefusalCode.IDENTITY_MISMATCH);
    }
  }

  @Test
  void takesTheSenderWithADisplayName() throws IOException {
    String good = text(wrapped(Bytes.utf8("x"), ""));
    Bytes named =
        Bytes.utf8(good.replace("From: alice@alpha.test", "From: \"Alice\" <Alice@ALPHA.test>"));
    assertThat(MessageWrapper.unwrap(named, envelope(ALICE)).message()).isEqualTo(Bytes.utf8("x"));
  }

  @Test
  void takesAddressesInEveryScript() throws IOException {
    for (String address : List.of("пётр@пример.test", "例え@例え.test", "o'brien+x@alpha.test")) {
      Address sender = Address.parse(address);
      Bytes wrapped =
          Bytes.copyOf(
              MessageWrapper.wrap(
                      new MessageWrapper.Wrapping(ID, sender, List.of(sender), NOW, ""),
                      Bytes.utf8("x").asInputStream())
                  .readAllBytes());
      assertThat(MessageWrapper.unwrap(wrapped, envelope(sender)).message())
          .isEqualTo(Bytes.utf8("x"));
    }
  }

  @Test
  void aMessageThatWrapsNoneIsGivenWhole() {
    Bytes message =
        Bytes.utf8(
            "Keypost-Id: " + ID + "\r\nFrom: alice@alpha.test\r\nSubject: Native\r\n\r\nHello\r\n");
    MessageWrapper.Unwrapped unwrapped = MessageWrapper.unwrap(message, envelope(ALICE));
    assertThat(unwrapped.form()).isEqualTo(MessageWrapper.Form.NATIVE);
    assertThat(unwrapped.message()).isEqualTo(message);
  }

  @Test
  void refusesWhatIsNoMessage() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
      Bytes octets = octets(generator(seed), 300);
      assertThatThrownBy(() -> MessageWrapper.unwrap(octets, envelope(ALICE)))
          .as("seed %d", seed)
          .isInstanceOf(RefusedException.class);
    }
  }

  @Test
  void findsRecipientsInTheHeader() throws IOException {
    Bytes message =
        Bytes.utf8(
            "To: Bob <bob@beta.test>,\r\n"
                + " \"Carol, C.\" <carol@beta.test>\r\n"
                + "Cc: пётр@пример.test, Bob@BETA.test\r\n\r\n");
    assertThat(ForeignHeaders.read(message.asInputStream()).addresses("To", "Cc"))
        .containsExactly(BOB, Address.parse("carol@beta.test"), Address.parse("пётр@пример.test"));
  }

  private static void assertRoundTrip(Bytes foreign) throws IOException {
    MessageWrapper.Unwrapped unwrapped =
        MessageWrapper.unwrap(wrapped(foreign, "Hi"), envelope(ALICE));
    assertThat(unwrapped.form()).isEqualTo(MessageWrapper.Form.FOREIGN);
    assertThat(unwrapped.message().equals(foreign)).isTrue();
  }

  private static void assertRefused(Bytes content, RefusalCode code) {
    assertThatThrownBy(() -> MessageWrapper.unwrap(content, envelope(ALICE)))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.code()).as(text(content)).isEqualTo(code));
  }

  private static Bytes wrapped(Bytes foreign, String subject) throws IOException {
    return Bytes.copyOf(
        MessageWrapper.wrap(
                new MessageWrapper.Wrapping(ID, ALICE, List.of(BOB), NOW, subject),
                foreign.asInputStream())
            .readAllBytes());
  }

  private static Envelope envelope(Address sender) {
    Bytes key = Digest.sha256(Bytes.utf8("key")).octets();
    return new Envelope(
        ID, sender, key, BOB, key, BOB, NOW, NOW.plusSeconds(60), Digest.sha256(Bytes.empty()), 1);
  }

  private static String text(Bytes octets) {
    return new String(octets.toByteArray(), StandardCharsets.UTF_8);
  }

  private static Bytes octets(RandomGenerator random, int size) {
    byte[] octets = new byte[size];
    random.nextBytes(octets);
    return Bytes.copyOf(octets);
  }

  private static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
