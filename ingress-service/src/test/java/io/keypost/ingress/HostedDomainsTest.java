package io.keypost.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.DirectoryChanges;
import io.keypost.directory.testing.TestDirectory;
import io.keypost.directory.testing.TestDomain;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** KP-TRF-11: whose mail this operator takes. */
class HostedDomainsTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final InstantSource CLOCK = InstantSource.system();
  private static final MailDomain BETA = MailDomain.parse("beta.test");
  private static final MailDomain GAMMA = MailDomain.parse("gamma.test");

  private final TestDomain moving = new TestDomain("moving.test", "beta.test", CLOCK, RANDOM);
  private final TestDirectory directory = new TestDirectory(CLOCK).with(moving);
  private final HostedDomains beta = new HostedDomains(directory, BETA, CLOCK);
  private final HostedDomains gamma = new HostedDomains(directory, GAMMA, CLOCK);

  @Test
  void takesMailOfADomainThatNamesThisOperatorByKpTrf11() {
    assertThat(refused(beta)).isEmpty();
    assertThat(refused(gamma)).contains(RefusalCode.NOT_OPERATOR);
  }

  @Test
  void asksAnewBeforeItRefusesByKpTrf11() {
    assertThat(refused(gamma)).contains(RefusalCode.NOT_OPERATOR);
    moving.alsoAt(GAMMA);

    assertThat(refused(gamma)).isEmpty();
  }

  @Test
  void takesNothingNewWhenItLeavesTheDomainThatItStillSendsForByKpTrf11() {
    moving.leaves(BETA, Instant.now().plus(Duration.ofDays(1)));
    assertThat(refused(beta)).as("nobody else is there yet").isEmpty();

    moving.alsoAt(GAMMA);
    directory.changed(DirectoryChanges.of(moving.domain()));

    assertThat(refused(beta)).contains(RefusalCode.NOT_OPERATOR);
    assertThat(refused(gamma)).isEmpty();
  }

  @Test
  void closesNoDoorWhenADomainCannotBeLookedUpByKpTrf11() {
    directory.fetchAfter(
        CompletableFuture.failedFuture(
            RefusedException.of(RefusalCode.DNS_UNAVAILABLE, "nobody answers")));

    assertThat(refused(gamma)).isEmpty();
  }

  private Optional<RefusalCode> refused(HostedDomains here) {
    return here.refuses(Set.of(moving.domain())).toCompletableFuture().join().map(Refusal::code);
  }
}
