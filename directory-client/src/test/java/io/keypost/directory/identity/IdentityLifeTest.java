package io.keypost.directory.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.DirectoryChanges;
import io.keypost.directory.testing.SettableClock;
import io.keypost.directory.testing.TestDirectory;
import io.keypost.directory.testing.TestDomain;
import io.keypost.protocol.record.VerifiedDomain;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** KP-KSV-21: when a certificate is to be renewed. */
class IdentityLifeTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T09:00:00Z"));
  private final TestDomain alpha = new TestDomain("alpha.test", clock, RANDOM);
  private final TestDirectory directory = new TestDirectory(clock).with(alpha);
  private final ServerIdentity server = alpha.listedServer("mx.alpha.test");
  private final ReceiptIdentity receipts = alpha.receipts();

  @Test
  void aServersIsDueBeforeAThirdOfItsThirtyDaysIsLeftByKpKsv21() {
    clock.pass(Duration.ofDays(19));
    assertThat(due()).isEmpty();
    clock.pass(Duration.ofDays(2));
    assertThat(due()).hasValueSatisfying(why -> assertThat(why).contains("third"));
  }

  @Test
  void aReceiptsIsDueBeforeAThirdOfItsNinetyDaysIsLeftByKpKsv21() {
    clock.pass(Duration.ofDays(59));
    assertThat(IdentityLife.due(receipts.chain(), domain(), clock.instant())).isEmpty();
    clock.pass(Duration.ofDays(2));
    assertThat(IdentityLife.due(receipts.chain(), domain(), clock.instant())).isPresent();
  }

  @Test
  void isDueAtOnceWhenItsCaIsNoLongerInForceByKpKsv21() {
    assertThat(due()).isEmpty();
    alpha.exchangeCa();

    assertThat(due()).hasValueSatisfying(why -> assertThat(why).contains("CA"));
  }

  @Test
  void isDueAtOnceWhenAnotherRootIsInForceByKpKsv21() {
    KeyPair next = alpha.announceNextRoot();
    assertThat(due()).isEmpty();
    alpha.rotateRoot(next);

    assertThat(due()).isPresent();
  }

  @Test
  void aYoungOneIsLeftAloneHoweverSoonItEnds() {
    // The CA's own end cuts what it issues: one hour, less than the time in which all is renewed.
    clock.pass(Duration.ofDays(365).minusMinutes(30));
    ServerIdentity last = alpha.listedServer("mx.alpha.test");

    assertThat(IdentityLife.due(last.chain(), peers(alpha), clock.instant())).isEmpty();
  }

  private Optional<String> due() {
    return IdentityLife.due(server.chain(), domain(), clock.instant());
  }

  private VerifiedDomain domain() {
    directory.changed(DirectoryChanges.of(alpha.domain()));
    return peers(alpha);
  }

  private VerifiedDomain peers(TestDomain domain) {
    // The domain renews its own signing certificate in time.
    alpha.renewSigning();
    return directory.domain(domain.domain()).toCompletableFuture().join().verified();
  }
}
