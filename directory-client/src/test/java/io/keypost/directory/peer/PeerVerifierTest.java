package io.keypost.directory.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.DirectoryChanges;
import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.testing.SettableClock;
import io.keypost.directory.testing.TestDirectory;
import io.keypost.directory.testing.TestDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** T16, T17: who a peer is, by its own operator's root and list. */
class PeerVerifierTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T09:00:00Z"));
  private final TestDomain alpha = new TestDomain("alpha.test", clock, RANDOM);
  private final TestDomain beta = new TestDomain("beta.test", clock, RANDOM);
  private final TestDirectory directory = new TestDirectory(clock).with(alpha).with(beta);
  private final PeerVerifier peers = new PeerVerifier(directory, clock);

  private static <V> V await(CompletionStage<V> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw Refusals.of(e);
    }
  }

  private static void assertRefused(RefusalCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void takesAServerThatItsOperatorListsByKpTrf3() {
    ServerIdentity mx = alpha.listedServer("mx.alpha.test");

    VerifiedPeer peer = await(peers.verify(mx.chain()));

    assertThat(peer.operator()).isEqualTo(alpha.domain());
    assertThat(await(peers.requireNamed(peer, alpha.domain()))).isNotNull();
  }

  @Test
  void refusesAPeerWithoutCertificateByKpTrf3() {
    assertRefused(RefusalCode.CERTIFICATE_MISSING, () -> await(peers.verify(List.of())));
  }

  @Test
  void refusesACertificateThatItsOperatorDoesNotListByKpCrt9() {
    ServerIdentity unlisted = alpha.unlistedServer("mx.alpha.test");

    assertRefused(RefusalCode.CERTIFICATE_UNLISTED, () -> await(peers.verify(unlisted.chain())));
  }

  @Test
  void aRevokedCertificateIsRefusedWithItsOwnCodeByKpRec20() {
    ServerIdentity mx = alpha.listedServer("mx.alpha.test");
    ServerIdentity other = alpha.listedServer("mx2.alpha.test");
    assertThat(await(peers.verify(mx.chain()))).isNotNull();

    alpha.revoke(mx.chain().getFirst());
    directory.changed(DirectoryChanges.of(alpha.domain()));

    assertRefused(RefusalCode.CERTIFICATE_REVOKED, () -> await(peers.verify(mx.chain())));
    assertThat(await(peers.verify(other.chain()))).isNotNull();
  }

  @Test
  void aRevocationIsLookedForBeforeACertificateIsCalledUnlistedByKpRec20() {
    ServerIdentity mx = alpha.listedServer("mx.alpha.test");
    await(directory.domain(alpha.domain()));

    alpha.revoke(mx.chain().getFirst());

    assertRefused(RefusalCode.CERTIFICATE_REVOKED, () -> await(peers.verify(mx.chain())));
  }

  @Test
  void everyCertificateOfARevokedCaIsRefusedByKpRec20() {
    ServerIdentity mx = alpha.listedServer("mx.alpha.test");
    alpha.exchangeCa();
    alpha.revoke(mx.chain().get(1));

    assertRefused(RefusalCode.CERTIFICATE_REVOKED, () -> await(peers.verify(mx.chain())));
  }

  @Test
  void fetchesTheListAnewBeforeItRefusesButOnceAMinuteForEachPeerByKpTrf4() {
    await(directory.servers(alpha.domain()));
    ServerIdentity late = alpha.listedServer("mx2.alpha.test");
    assertThat(await(peers.verify(late.chain())).operator()).isEqualTo(alpha.domain());

    ServerIdentity never = alpha.unlistedServer("mx3.alpha.test");
    assertRefused(RefusalCode.CERTIFICATE_UNLISTED, () -> await(peers.verify(never.chain())));
    int fetches = directory.fetches();
    for (int i = 0; i < 10; i++) {
      assertRefused(RefusalCode.CERTIFICATE_UNLISTED, () -> await(peers.verify(never.chain())));
    }
    assertThat(directory.fetches()).isEqualTo(fetches);
    clock.pass(PeerVerifier.REFETCH_EVERY);
    assertRefused(RefusalCode.CERTIFICATE_UNLISTED, () -> await(peers.verify(never.chain())));
    assertThat(directory.fetches()).isGreaterThan(fetches);
  }

  @Test
  void refusesASelfMadeRootUnderTheOperatorsNameByKpTrf3() {
    ServerIdentity forged =
        new TestDomain("alpha.test", clock, RANDOM).unlistedServer("mx.alpha.test");

    assertRefused(RefusalCode.CERTIFICATE_UNTRUSTED, () -> await(peers.verify(forged.chain())));
  }

  @Test
  void refusesASignerOfRecordsAsAServer() {
    X509Certificate receipt = alpha.receipts().chain().getFirst();

    assertRefused(RefusalCode.CERTIFICATE_WRONG_USE, () -> await(peers.verify(List.of(receipt))));
  }

  @Test
  void refusesACertificateThatIsPastItsLife() {
    ServerIdentity mx = alpha.listedServer("mx.alpha.test");
    clock.pass(Duration.ofDays(31));

    assertRefused(RefusalCode.CERTIFICATE_EXPIRED, () -> await(peers.verify(mx.chain())));
  }

  @Test
  void refusesAnOperatorThatTheDomainDoesNotNameByKpTrf4() {
    VerifiedPeer peer = await(peers.verify(alpha.listedServer("mx.alpha.test").chain()));

    assertRefused(
        RefusalCode.OPERATOR_NOT_NAMED, () -> await(peers.requireNamed(peer, beta.domain())));

    clock.pass(PeerVerifier.REFETCH_EVERY);
    beta.alsoAt(alpha.domain());
    assertThat(await(peers.requireNamed(peer, beta.domain())).record().domain())
        .isEqualTo(beta.domain());
  }

  @Test
  void aFetchThatFailedRefusesForNowOnlyUntilTheNextOneByKpTrf4() {
    VerifiedPeer peer = await(peers.verify(alpha.listedServer("mx.alpha.test").chain()));
    await(directory.domain(beta.domain()));
    directory.fetchAfter(
        CompletableFuture.failedFuture(
            RefusedException.of(RefusalCode.DIRECTORY_UNAVAILABLE, "no answer")));

    for (int i = 0; i < 3; i++) {
      assertRefused(
          RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(peers.requireNamed(peer, beta.domain())));
      clock.pass(Duration.ofSeconds(10));
    }
    directory.fetchAfter(CompletableFuture.completedFuture(null));
    beta.alsoAt(alpha.domain());
    clock.pass(PeerVerifier.REFETCH_EVERY);
    assertThat(await(peers.requireNamed(peer, beta.domain()))).isNotNull();
  }

  @Test
  void aListThatCouldNotBeFetchedAnewRefusesForNowOnlyByKpTrf4() {
    await(directory.domain(alpha.domain()));
    await(directory.servers(alpha.domain()));
    ServerIdentity late = alpha.listedServer("mx2.alpha.test");
    directory.fetchAfter(
        CompletableFuture.failedFuture(
            RefusedException.of(RefusalCode.DIRECTORY_UNAVAILABLE, "no answer")));

    for (int i = 0; i < 3; i++) {
      assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(peers.verify(late.chain())));
    }
  }

  @Test
  void whoComesWhileTheRecordIsFetchedAnewWaitsForItByKpTrf4() {
    VerifiedPeer peer = await(peers.verify(alpha.listedServer("mx.alpha.test").chain()));
    await(directory.domain(beta.domain()));
    beta.alsoAt(alpha.domain());
    int before = directory.fetches();
    CompletableFuture<Void> answer = new CompletableFuture<>();
    directory.fetchAfter(answer);

    CompletableFuture<DomainView> first =
        peers.requireNamed(peer, beta.domain()).toCompletableFuture();
    CompletableFuture<DomainView> second =
        peers.requireNamed(peer, beta.domain()).toCompletableFuture();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    answer.complete(null);

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(directory.fetches()).isEqualTo(before + 1);
  }

  @Test
  void anOperatorThatCannotBeLookedUpIsRefusedForNowOnlyByKpTrf4() {
    ServerIdentity gamma =
        new TestDomain("gamma.test", clock, RANDOM).listedServer("mx.gamma.test");

    assertRefused(RefusalCode.PIN_MISSING, () -> await(peers.verify(gamma.chain())));
  }
}
