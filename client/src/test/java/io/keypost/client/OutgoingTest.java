package io.keypost.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.client.home.PendingMail;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.home.SentCopies;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.message.SignedEnvelope;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message is handed in once, whatever becomes of the answer. */
class OutgoingTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Address ALICE = Address.parse("alice@alpha.test");
  private static final Address BOB = Address.parse("bob@beta.test");
  private static final Digest LETTER = Digest.sha256(Bytes.utf8("letter to bob"));
  private static final Digest OTHER = Digest.sha256(Bytes.utf8("another letter"));
  private static final Supplier<Status> ACCEPTED = Status.Accepted::new;

  private final SplittableRandom random = new SplittableRandom(7);
  private final Deque<Supplier<Status>> answers = new ArrayDeque<>();
  private final List<Request> requests = new ArrayList<>();

  @TempDir private Path home;
  private SentCopies sent;

  /** What came to the door, octet for octet. */
  private record Request(Bytes head, Bytes payload) {}

  @BeforeEach
  void open() {
    sent = new SentCopies(home.resolve("sent"));
  }

  @Test
  @DisplayName(
      "KP-OUT-3: after a lost answer the same wish sends the same octets, in a new process")
  void sendsTheSameOctetsAfterALostAnswer() {
    answers.add(noAnswer());
    answers.add(noAnswer());
    answers.add(ACCEPTED);
    assertRefused(RefusalCode.UNAVAILABLE, LETTER);
    assertRefused(RefusalCode.UNAVAILABLE, LETTER);

    SentMessage accepted = send(LETTER, NOW);

    assertThat(requests).hasSize(3);
    assertThat(requests).containsOnly(requests.getFirst());
    assertThat(sent.list())
        .singleElement()
        .satisfies(copy -> assertThat(copy.digest()).isEqualTo(accepted.envelopeDigest()));
    assertThat(pending().all()).isEmpty();
  }

  @Test
  void sealsAnewWhatWasAcceptedBefore() {
    answers.add(ACCEPTED);
    answers.add(ACCEPTED);

    assertThat(send(LETTER, NOW).messageId()).isNotEqualTo(send(LETTER, NOW).messageId());
    assertThat(sent.list()).hasSize(2);
  }

  @Test
  void keepsWhatIsToBeSentLaterApart() {
    answers.add(noAnswer());
    answers.add(() -> new Status.Refused(Refusal.of(RefusalCode.BUSY, "later")));
    assertRefused(RefusalCode.UNAVAILABLE, LETTER);
    assertRefused(RefusalCode.BUSY, OTHER);

    assertThat(pending().all()).containsOnlyKeys(LETTER, OTHER);
    assertThat(requests.get(0)).isNotEqualTo(requests.get(1));
  }

  @Test
  void forgetsWhatWasRefusedForGoodAloneOrWithItsRequest() {
    answers.add(() -> new Status.Refused(Refusal.of(RefusalCode.PAYLOAD_TOO_LARGE, "no")));
    answers.add(
        () -> {
          throw RefusedException.of(RefusalCode.TOKEN_INVALID, "no");
        });
    assertRefused(RefusalCode.PAYLOAD_TOO_LARGE, LETTER);
    assertRefused(RefusalCode.TOKEN_INVALID, OTHER);

    assertThat(sent.list()).isEmpty();
    assertThat(pending().all()).isEmpty();
  }

  @Test
  void sealsAnewWhatExpiredWithoutAStatusAndKeepsItsCopy() {
    answers.add(noAnswer());
    answers.add(ACCEPTED);
    assertRefused(RefusalCode.UNAVAILABLE, LETTER);

    send(LETTER, NOW.plus(Duration.ofDays(8)));

    assertThat(requests.get(0)).isNotEqualTo(requests.get(1));
    assertThat(sent.list()).hasSize(2);
    assertThat(pending().all()).isEmpty();
  }

  @Test
  void needsNoMoreOfWhatTheProviderListsAsSent() {
    answers.add(noAnswer());
    assertRefused(RefusalCode.UNAVAILABLE, LETTER);
    Digest envelope = sent.list().getFirst().digest();

    outgoing().isKnown(Digest.sha256(Bytes.utf8("another envelope")));
    assertThat(pending().all()).containsOnlyKeys(LETTER);
    outgoing().isKnown(envelope);
    assertThat(pending().all()).isEmpty();
    assertThat(sent.find(envelope)).isPresent();
  }

  private static Supplier<Status> noAnswer() {
    return () -> {
      throw RefusedException.of(RefusalCode.UNAVAILABLE, "no answer within 600 s");
    };
  }

  private void assertRefused(RefusalCode code, Digest what) {
    assertThatThrownBy(() -> send(what, NOW))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  private SentMessage send(Digest what, Instant now) {
    return outgoing().send(what, now, (payload, copy) -> seal(payload, copy, now));
  }

  private PendingMail pending() {
    return new PendingMail(home.resolve("pending"));
  }

  /** As each run of the program makes it. */
  private Outgoing outgoing() {
    return new Outgoing(
        pending(),
        sent,
        home.resolve("tmp"),
        (head, payload) -> {
          requests.add(new Request(head.encode(), PrivateFiles.read(payload)));
          return List.of(answers.remove().get());
        });
  }

  private Outgoing.Sealed seal(Path payload, Path copy, Instant now) {
    MessageId id = MessageId.random(random);
    PrivateFiles.write(payload, id.octets());
    PrivateFiles.write(copy, id.octets());
    return new Outgoing.Sealed(new Head(List.of(envelope(id, BOB, now))), envelope(id, ALICE, now));
  }

  private SignedEnvelope envelope(MessageId id, Address recipient, Instant now) {
    Bytes key = Digest.sha256(id.octets()).octets();
    return SignedEnvelope.of(
        new Envelope(
            id,
            ALICE,
            key,
            recipient,
            key,
            recipient,
            now,
            now.plus(Duration.ofDays(7)),
            Digest.sha256(id.octets()),
            id.octets().size()),
        Bytes.concat(key, key, key, key));
  }
}
