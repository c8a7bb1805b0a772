package io.keypost.protocol.openpgp;

import static io.keypost.protocol.openpgp.Refusals.assertRefused;
import static io.keypost.protocol.openpgp.Users.ALICE;
import static io.keypost.protocol.openpgp.Users.BEGIN;
import static io.keypost.protocol.openpgp.Users.BOB;
import static io.keypost.protocol.openpgp.Users.CAROL;
import static io.keypost.protocol.openpgp.Users.NOW;
import static io.keypost.protocol.openpgp.Users.RANDOM;
import static io.keypost.protocol.refusal.RefusalCode.CREATED_IN_FUTURE;
import static io.keypost.protocol.refusal.RefusalCode.DECRYPTION_FAILED;
import static io.keypost.protocol.refusal.RefusalCode.DIGEST_MISMATCH;
import static io.keypost.protocol.refusal.RefusalCode.IDENTITY_MISMATCH;
import static io.keypost.protocol.refusal.RefusalCode.INNER_SIGNATURE_INVALID;
import static io.keypost.protocol.refusal.RefusalCode.INTENDED_RECIPIENT_MISSING;
import static io.keypost.protocol.refusal.RefusalCode.MESSAGE_MALFORMED;
import static io.keypost.protocol.refusal.RefusalCode.PAYLOAD_MALFORMED;
import static io.keypost.protocol.refusal.RefusalCode.SENDER_KEY_REVOKED;
import static io.keypost.protocol.refusal.RefusalCode.SIGNATURE_INVALID;
import static io.keypost.protocol.refusal.RefusalCode.SIZE_MISMATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.SeededRandom;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SealedMessageTest {
  private static final Bytes CONTENT = Bytes.utf8("Subject: Hello\r\n\r\nBob, are you there?\r\n");

  @Nested
  class RoundTrip {
    @Test
    void bobReadsWhatAliceSealed() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB);

      OpenedMessage<Bytes> opened = open(sealed, BOB);

      assertThat(opened.content()).isEqualTo(CONTENT);
      assertThat(opened.envelope()).isEqualTo(sealed.envelope().envelope());
      assertThat(opened.inner().key()).isEqualTo(ALICE.signingFingerprint());
      assertThat(opened.outer().signedAt()).isEqualTo(Instant.ofEpochSecond(NOW.getEpochSecond()));
    }

    @Test
    @DisplayName("KP-RDR-8: what is for a sub-address of the reader's is for the reader")
    void bobReadsWhatWasSealedToHisSubAddress() throws IOException {
      Bytes payload = Sealed.by(ALICE, CONTENT, BOB).payload();
      Address tagged = Address.parse("bob+news@" + BOB.address().domain());
      Address another = Address.parse("bobby+news@" + BOB.address().domain());

      assertThat(open(Sealed.envelope(ALICE, BOB, tagged, payload), payload, BOB).content())
          .isEqualTo(CONTENT);
      assertRefused(
          IDENTITY_MISMATCH,
          () -> open(Sealed.envelope(ALICE, BOB, another, payload), payload, BOB));
    }

    @Test
    void everySizeIsReadAsItWasSealed() {
      int[] edges = {0, 1, 191, 192, 511, 512, 8191, 8192, 8383, 8384, 65535, 65536, 65537, 131072};
      SeededRandom.forSeeds(
          40,
          random -> {
            int size =
                random.nextInt(3) == 0
                    ? random.nextInt(300_000)
                    : Math.max(0, edges[random.nextInt(edges.length)] + random.nextInt(-200, 3));
            Bytes content = SeededRandom.bytes(random, size);
            assertThat(open(Sealed.by(ALICE, content, BOB), BOB).content()).isEqualTo(content);
          });
    }

    @Test
    void tenMegabytesAreReadAsTheyWereSealed() throws IOException {
      Bytes content = SeededRandom.bytes(SeededRandom.generator(1), 10 << 20);
      assertThat(open(Sealed.by(ALICE, content, BOB), BOB).content()).isEqualTo(content);
    }

    @Test
    void severalRecipientsReadOnePayload() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB, CAROL);
      assertThat(sealed.envelopes()).hasSize(2);
      assertThat(open(sealed.envelopes().get(0), sealed.payload(), BOB).content())
          .isEqualTo(CONTENT);
      assertThat(open(sealed.envelopes().get(1), sealed.payload(), CAROL).content())
          .isEqualTo(CONTENT);
    }

    @Test
    void keptEncryptionSubkeysReadOldMail() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB);
      UserSecretKey rotated = BOB.rotateEncryptionSubkey(NOW.plusSeconds(60), RANDOM);
      assertThat(open(sealed, rotated).content()).isEqualTo(CONTENT);
    }

    @Test
    void theSameMessageIsNeverSealedTheSameWay() throws IOException {
      assertThat(Sealed.by(ALICE, CONTENT, BOB).payload())
          .isNotEqualTo(Sealed.by(ALICE, CONTENT, BOB).payload());
    }

    @Test
    void messagesOfNearlyTheSameLengthLookTheSameByKpRdr6() throws IOException {
      Set<Integer> sizes = new HashSet<>();
      for (int size = 40_000; size < 40_400; size += 50) {
        sizes.add(Sealed.by(ALICE, Bytes.copyOf(new byte[size]), BOB).payload().size());
      }
      assertThat(sizes).hasSizeLessThan(3);
    }
  }

  /** T01. */
  @Nested
  class SurreptitiousForwarding {
    @Test
    void carolRefusesWhatAliceSignedForBobByKpRdr4() throws IOException, PGPException {
      Bytes signedForBob = ForgedPayload.plaintextOf(Sealed.by(ALICE, CONTENT, BOB).payload(), BOB);
      Bytes payload = ForgedPayload.encrypt(CAROL.certificate(), signedForBob);
      // Even under an envelope by Alice, which Bob could not make: the inner signature alone must
      // tell.
      assertRefused(
          INTENDED_RECIPIENT_MISSING,
          () -> open(Sealed.envelope(ALICE, CAROL, payload), payload, CAROL));
    }

    @Test
    void carolRefusesItFromBobTooByKpRdr4() throws IOException, PGPException {
      Bytes signedForBob = ForgedPayload.plaintextOf(Sealed.by(ALICE, CONTENT, BOB).payload(), BOB);
      Bytes payload = ForgedPayload.encrypt(CAROL.certificate(), signedForBob);
      assertRefused(
          INNER_SIGNATURE_INVALID,
          () ->
              open(
                  Sealed.envelope(BOB, CAROL, payload),
                  payload,
                  CAROL,
                  BOB,
                  Spool.inMemory(1 << 20)));
    }
  }

  /** T03. */
  @Nested
  class Swapping {
    @Test
    void refusesAnEnvelopeOverAnotherPayloadByKpRdr8() throws IOException {
      Sealed one = Sealed.by(ALICE, CONTENT, BOB);
      Sealed two = Sealed.by(ALICE, CONTENT, BOB);
      assertRefused(DIGEST_MISMATCH, () -> open(one.envelope(), two.payload(), BOB));
    }

    @Test
    void refusesAPayloadOfAnotherSizeByKpRdr8() throws IOException {
      Sealed one = Sealed.by(ALICE, CONTENT, BOB);
      Sealed two = Sealed.by(ALICE, Bytes.copyOf(new byte[5000]), BOB);
      assertRefused(SIZE_MISMATCH, () -> open(one.envelope(), two.payload(), BOB));
      assertRefused(SIZE_MISMATCH, () -> open(two.envelope(), one.payload(), BOB));
    }

    @Test
    void refusesAnotherIdentityByKpRdr8() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB);
      assertRefused(IDENTITY_MISMATCH, () -> open(sealed, CAROL));
      assertRefused(
          IDENTITY_MISMATCH,
          () -> open(sealed.envelope(), sealed.payload(), BOB, CAROL, Spool.inMemory(1 << 20)));
    }

    @Test
    void refusesAnEnvelopeThatSomebodyElseSignedByKpRdr8() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB);
      Envelope envelope = sealed.envelope().envelope();
      Bytes byCarol =
          DetachedSignatures.sign(SignatureContext.ENVELOPE, envelope.encode(), CAROL, NOW);
      assertRefused(
          SIGNATURE_INVALID,
          () -> open(SignedEnvelope.of(envelope, byCarol), sealed.payload(), BOB));
    }

    @Test
    void refusesAnEnvelopeFromTheFuture() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB);
      assertRefused(
          CREATED_IN_FUTURE,
          () ->
              new MessageOpener(BOB)
                  .open(
                      sealed.payload().asInputStream(),
                      sealed.envelope(),
                      ALICE.certificate(),
                      NOW.minus(Duration.ofMinutes(6)),
                      Spool.inMemory(1 << 20)));
    }
  }

  /** T04, by the reader. */
  @Nested
  class InnerSignature {
    @Test
    void refusesAMessageThatNobodySignedByKpRdr3() throws IOException, PGPException {
      assertRefusedInside(INNER_SIGNATURE_INVALID, ForgedPayload.literal(CONTENT));
    }

    @Test
    void refusesASignatureByAnotherUserByKpRdr3() throws IOException, PGPException {
      assertRefusedInside(INNER_SIGNATURE_INVALID, ForgedPayload.signed(CONTENT, CAROL, BOB));
    }

    @Test
    void refusesASignatureOverOtherContentByKpRdr3() throws IOException, PGPException {
      Bytes signed = ForgedPayload.signed(CONTENT, ALICE, BOB);
      byte[] changed = signed.toByteArray();
      changed[ForgedPayload.indexOf(signed, "Bob")] ^= 1;
      assertRefusedInside(INNER_SIGNATURE_INVALID, Bytes.copyOf(changed));
    }

    @Test
    void refusesASignatureMeantForNobodyByKpRdr4() throws IOException, PGPException {
      assertRefusedInside(INTENDED_RECIPIENT_MISSING, ForgedPayload.signed(CONTENT, ALICE));
    }

    @Test
    void refusesAStrippedSignatureByKpRdr3() throws IOException, PGPException {
      Bytes signed = ForgedPayload.signed(CONTENT, ALICE, BOB);
      Bytes withoutSignature =
          signed.slice(0, signed.size() - ForgedPayload.lastPacketSize(signed));
      assertRefusedInside(MESSAGE_MALFORMED, withoutSignature);
    }

    @Test
    void refusesARevokedKeyOnlyIfItWasCompromisedByKpKey5() throws IOException {
      Sealed sealed = Sealed.by(ALICE, CONTENT, BOB);
      Instant later = NOW.plusSeconds(3600);
      UserCertificate retired =
          ALICE.revokeSigningSubkey(RevocationReason.RETIRED, later).certificate();
      UserCertificate compromised =
          ALICE.revokeSigningSubkey(RevocationReason.COMPROMISED, later).certificate();
      assertThat(openFrom(retired, sealed, later).content()).isEqualTo(CONTENT);
      assertRefused(SENDER_KEY_REVOKED, () -> openFrom(compromised, sealed, later));
    }

    private static OpenedMessage<Bytes> openFrom(UserCertificate sender, Sealed sealed, Instant now)
        throws IOException {
      return new MessageOpener(BOB)
          .open(
              sealed.payload().asInputStream(),
              sealed.envelope(),
              sender,
              now,
              Spool.inMemory(1 << 20));
    }
  }

  /** T05, by the reader. */
  @Nested
  class Downgrade {
    @Test
    void refusesCompressionInsideByKpRdr2() throws IOException, PGPException {
      Bytes signed = ForgedPayload.signed(CONTENT, ALICE, BOB);
      for (int algorithm :
          new int[] {
            CompressionAlgorithmTags.ZIP,
            CompressionAlgorithmTags.ZLIB,
            CompressionAlgorithmTags.BZIP2
          }) {
        assertRefusedInside(MESSAGE_MALFORMED, ForgedPayload.compressed(signed, algorithm));
      }
    }

    @Test
    void refusesPacketsAfterThePaddingByKpRdr2() throws IOException, PGPException {
      Bytes signed = ForgedPayload.signed(CONTENT, ALICE, BOB);
      assertRefusedInside(MESSAGE_MALFORMED, Bytes.concat(signed, ForgedPayload.literal(CONTENT)));
      assertRefusedInside(
          MESSAGE_MALFORMED,
          Bytes.concat(signed, Bytes.parseHex("d50100"), ForgedPayload.literal(CONTENT)));
    }

    @Test
    void takesAMessageWithoutPadding() throws IOException, PGPException {
      Bytes payload =
          ForgedPayload.encrypt(BOB.certificate(), ForgedPayload.signed(CONTENT, ALICE, BOB));
      assertThat(open(Sealed.envelope(ALICE, BOB, payload), payload, BOB).content())
          .isEqualTo(CONTENT);
    }

    @Test
    void refusesWeakerEncryption() throws IOException, PGPException {
      Bytes signed = ForgedPayload.signed(CONTENT, ALICE, BOB);
      for (Bytes payload :
          new Bytes[] {
            ForgedPayload.version1(BOB.certificate(), signed),
            ForgedPayload.encrypt(BOB.certificate(), signed, SymmetricKeyAlgorithmTags.AES_128),
            signed,
            CONTENT
          }) {
        assertRefused(
            PAYLOAD_MALFORMED, () -> open(Sealed.envelope(ALICE, BOB, payload), payload, BOB));
      }
    }

    @Test
    void refusesASignatureBombAndEndlessHeadersInside() throws IOException, PGPException {
      // A signature of 4 GiB, and a one-pass signature of 4 GiB, say their lengths.
      assertRefusedInside(MESSAGE_MALFORMED, Bytes.parseHex("c4ffffffffff00"));
      Bytes signed = ForgedPayload.signed(CONTENT, ALICE, BOB);
      Bytes withoutSignature =
          signed.slice(0, signed.size() - ForgedPayload.lastPacketSize(signed));
      assertRefusedInside(
          MESSAGE_MALFORMED, Bytes.concat(withoutSignature, Bytes.parseHex("c2ffffffffff06")));
    }
  }

  /** T06. */
  @Nested
  class AlteredCiphertext {
    @Test
    void refusesEveryChangeAndLetsNothingOutByKpRdr1() throws IOException {
      Sealed sealed = Sealed.by(ALICE, Bytes.copyOf(new byte[70_000]), BOB);
      byte[] original = sealed.payload().toByteArray();
      Set<RefusalCode> expected =
          Set.of(DIGEST_MISMATCH, SIZE_MISMATCH, PAYLOAD_MALFORMED, DECRYPTION_FAILED);
      SeededRandom.forSeeds(
          300,
          random -> {
            Bytes altered = Bytes.copyOf(SeededRandom.mutate(random, original));
            if (altered.equals(sealed.payload())) {
              return;
            }
            WatchedSpool spool = new WatchedSpool();
            try {
              open(sealed.envelope(), altered, BOB, ALICE, spool);
              throw new AssertionError("opened");
            } catch (RefusedException e) {
              assertThat(e.code()).isIn(expected);
            }
            assertThat(spool.discarded).isTrue();
            assertThat(spool.released).isFalse();
          });
    }

    @Test
    void refusesAlterationUnderAnEnvelopeThatFitsItByKpRdr1() throws IOException {
      Bytes payload = Sealed.by(ALICE, Bytes.copyOf(new byte[70_000]), BOB).payload();
      SeededRandom.forSeeds(
          100,
          random -> {
            byte[] altered = payload.toByteArray();
            // Past the session key and the first octets of the encrypted data: salt, chunks and
            // tags.
            altered[random.nextInt(120, altered.length)] ^= (byte) (1 << random.nextInt(8));
            Bytes bytes = Bytes.copyOf(altered);
            WatchedSpool spool = new WatchedSpool();
            try {
              open(Sealed.envelope(ALICE, BOB, bytes), bytes, BOB, ALICE, spool);
              throw new AssertionError("opened");
            } catch (RefusedException e) {
              assertThat(e.code()).isIn(DECRYPTION_FAILED, PAYLOAD_MALFORMED);
            }
            assertThat(spool.released).isFalse();
          });
    }

    @Test
    void refusesTruncationAtEveryChunkByKpRdr1() throws IOException {
      Bytes payload = Sealed.by(ALICE, Bytes.copyOf(new byte[200_000]), BOB).payload();
      for (int size :
          new int[] {0, 100, 111, 112, 65_700, 131_300, payload.size() - 16, payload.size() - 1}) {
        Bytes cut = payload.slice(0, size);
        SignedEnvelope envelope = Sealed.envelope(ALICE, BOB, size == 0 ? payload : cut);
        WatchedSpool spool = new WatchedSpool();
        assertThatThrownBy(() -> open(envelope, cut, BOB, ALICE, spool))
            .isInstanceOf(RefusedException.class);
        assertThat(spool.released).isFalse();
        assertThat(spool.discarded).isTrue();
      }
    }

    @Test
    void refusesTwoPayloadsInOne() throws IOException {
      Bytes payload = Sealed.by(ALICE, CONTENT, BOB).payload();
      Bytes twice = Bytes.concat(payload, payload);
      assertRefused(PAYLOAD_MALFORMED, () -> open(Sealed.envelope(ALICE, BOB, twice), twice, BOB));
    }
  }

  @Nested
  class Failures {
    @Test
    void aSpoolThatIsFullIsNotARefusal() throws IOException {
      Sealed sealed = Sealed.by(ALICE, Bytes.copyOf(new byte[5000]), BOB);
      assertThatThrownBy(
              () -> open(sealed.envelope(), sealed.payload(), BOB, ALICE, Spool.inMemory(4999)))
          .isInstanceOf(IOException.class);
    }

    @Test
    void aPayloadThatCannotBeReadIsNotARefusal() throws IOException {
      Sealed sealed = Sealed.by(ALICE, Bytes.copyOf(new byte[5000]), BOB);
      WatchedSpool spool = new WatchedSpool();
      InputStream failing =
          new InputStream() {
            private final InputStream in = sealed.payload().asInputStream();
            private int left = 1000;

            @Override
            public int read() throws IOException {
              if (left == 0) {
                throw new IOException("the disk is gone");
              }
              left--;
              return in.read();
            }
          };
      assertThatThrownBy(
              () ->
                  new MessageOpener(BOB)
                      .open(failing, sealed.envelope(), ALICE.certificate(), NOW, spool))
          .isInstanceOf(IOException.class)
          .hasMessage("the disk is gone");
      assertThat(spool.discarded).isTrue();
    }

    @Test
    void refusesToSealForACertificateWithoutCurrentKey() throws IOException, PGPException {
      UserSecretKey nobody =
          Forge.begin().goodPrimary().signingSubkeyThatEndsAfter(Duration.ofDays(9)).user();
      assertRefused(RefusalCode.RECIPIENT_KEY_UNUSABLE, () -> Sealed.by(ALICE, CONTENT, nobody));
    }

    @Test
    void anEnvelopeForAKeyThatIsNotHereIsRefused() throws IOException {
      UserSecretKey otherBob =
          UserSecretKey.generate(Address.parse("bob@beta.test"), BEGIN, RANDOM);
      assertRefused(DECRYPTION_FAILED, () -> open(Sealed.by(ALICE, CONTENT, BOB), otherBob));
    }
  }

  private static void assertRefusedInside(RefusalCode code, Bytes plaintext)
      throws IOException, PGPException {
    Bytes payload = ForgedPayload.encrypt(BOB.certificate(), plaintext);
    WatchedSpool spool = new WatchedSpool();
    assertRefused(
        code, () -> open(Sealed.envelope(ALICE, BOB, payload), payload, BOB, ALICE, spool));
    assertThat(spool.released).isFalse();
    assertThat(spool.discarded).isTrue();
  }

  private static OpenedMessage<Bytes> open(Sealed sealed, UserSecretKey reader) throws IOException {
    return open(sealed.envelope(), sealed.payload(), reader);
  }

  private static OpenedMessage<Bytes> open(
      SignedEnvelope envelope, Bytes payload, UserSecretKey reader) throws IOException {
    return open(envelope, payload, reader, ALICE, Spool.inMemory(16 << 20));
  }

  private static OpenedMessage<Bytes> open(
      SignedEnvelope envelope,
      Bytes payload,
      UserSecretKey reader,
      UserSecretKey sender,
      Spool<Bytes> spool)
      throws IOException {
    return new MessageOpener(reader)
        .open(payload.asInputStream(), envelope, sender.certificate(), NOW, spool);
  }

  /** Remembers what was done with it. */
  private static final class WatchedSpool implements Spool<Bytes> {
    private final Spool<Bytes> spool = Spool.inMemory(16 << 20);
    private boolean released;
    private boolean discarded;

    @Override
    public OutputStream sink() throws IOException {
      return spool.sink();
    }

    @Override
    public Bytes release() throws IOException {
      released = true;
      return spool.release();
    }

    @Override
    public void discard() throws IOException {
      discarded = true;
      spool.discard();
    }
  }
}
