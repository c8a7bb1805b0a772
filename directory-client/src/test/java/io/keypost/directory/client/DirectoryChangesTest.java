package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.AddressView;
import io.keypost.directory.DirectoryChanges;
import io.keypost.directory.cache.RecordCache;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusalCode;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a directory does when it hears that something changed, without a second passing. */
class DirectoryChangesTest extends OverRealZones {
  private DirectoryClient directory;
  private UserSecretKey bob;

  @BeforeEach
  void open() {
    directory = alone();
    bob = beta.user("bob");
  }

  private AddressRecord.Content content(Address address) {
    return await(directory.address(address)).record().content();
  }

  private long lookUps() {
    return betaServer.requests().stream().filter(r -> r.endsWith("/v1/lookups")).count();
  }

  @Test
  void aRevokedAddressIsSeenAtOnceUnderItsSubAddressesToo() {
    Address tagged = beta.address("bob+lists");
    assertThat(content(bob.address())).isInstanceOf(AddressRecord.Mailbox.class);
    assertThat(content(tagged)).isInstanceOf(AddressRecord.Mailbox.class);
    AddressRecord.Content revoked = new AddressRecord.Revoked(clock.instant());
    beta.say(bob.address(), revoked);
    assertThat(content(bob.address())).as("fresh by its age").isNotEqualTo(revoked);

    directory.changed(DirectoryChanges.of(bob.address()));

    assertThat(content(bob.address())).isEqualTo(revoked);
    assertThat(content(tagged)).isEqualTo(revoked);
  }

  @Test
  void anAddressThatDidNotExistIsSeenAtOnce() {
    Address carol = beta.address("carol");
    beta.remove(carol);
    assertThat(content(carol)).isInstanceOf(AddressRecord.Unknown.class);
    beta.user("carol");

    directory.changed(DirectoryChanges.of(carol));

    assertThat(content(carol)).isInstanceOf(AddressRecord.Mailbox.class);
  }

  @Test
  void onlyWhatChangedIsAskedForAnew() {
    UserSecretKey carol = beta.user("carol");
    content(bob.address());
    content(carol.address());
    long before = lookUps();

    directory.changed(DirectoryChanges.of(carol.address()));
    content(bob.address());
    assertThat(lookUps()).isEqualTo(before);
    content(carol.address());
    assertThat(lookUps()).isEqualTo(before + 1);
  }

  @Test
  void aDomainsChangeReachesWhatItRevokedItsServersAndWhatWasVerifiedUnderIt() {
    beta.receiveAt("mx.beta.test", 443);
    X509Certificate stolen = beta.listedServer("mx.beta.test").chain().getFirst();
    MailDomain domain = beta.domain();
    AddressView before = await(directory.address(bob.address()));
    await(directory.servers(domain));
    beta.renewSigning();
    beta.revoke(stolen);

    directory.changed(DirectoryChanges.of(domain));

    AddressView after = await(directory.address(bob.address()));
    Digest now = await(directory.domain(domain)).verified().digest();
    assertThat(now).isNotEqualTo(before.domain().verified().digest());
    assertThat(after.domain().verified().digest()).isEqualTo(now);
    assertThat(await(directory.servers(domain)).operator().verified().digest()).isEqualTo(now);
    assertThat(await(directory.domain(domain)).verified().revoked().certificates())
        .containsExactly(CertificateDigests.certificate(stolen));
  }

  @Test
  void aChangeOfServersLeavesAddressesAlone() {
    MailDomain operator = beta.domain();
    beta.receiveAt("mx.beta.test", 443);
    content(bob.address());
    await(directory.servers(operator));
    long before = lookUps();
    beta.receiveAt("mx2.beta.test", 443);

    directory.changed(new DirectoryChanges.Named(Set.of(), Set.of(), Set.of(operator)));

    assertThat(await(directory.servers(operator)).record().pool("default"))
        .hasValueSatisfying(pool -> assertThat(pool.servers()).hasSize(2));
    content(bob.address());
    assertThat(lookUps()).isEqualTo(before);
  }

  @Test
  void afterAGapEverythingIsAskedForAnew() {
    content(bob.address());
    AddressRecord.Content revoked = new AddressRecord.Revoked(clock.instant());
    beta.say(bob.address(), revoked);

    directory.changed(new DirectoryChanges.Everything());

    assertThat(content(bob.address())).isEqualTo(revoked);
  }

  @Test
  @DisplayName("T08: a failure is bridged by a record that may have changed, not by one that did")
  void anAddressThatIsKnownToHaveChangedIsNotGivenOutWhileItsKeyServerIsAway() {
    AddressRecord.Content before = content(bob.address());
    betaServer.misbehave(
        request -> {
          TestKeyServer.problem(request, 503, "unavailable");
          return true;
        });
    directory.changed(new DirectoryChanges.Everything());
    assertThat(content(bob.address())).isEqualTo(before);

    directory.changed(DirectoryChanges.of(bob.address()));
    assertRefused(RefusalCode.RECORD_EXPIRED, () -> content(bob.address()));

    betaServer.behave();
    clock.pass(RecordCache.FAILURE_MEMORY);
    assertThat(content(bob.address())).isEqualTo(before);
  }

  @Test
  void tenThousandLookUpsOfOneNewNameAreAHandfulOfRequests() {
    Address carol = beta.user("carol").address();
    List<CompletableFuture<AddressView>> burst =
        IntStream.range(0, 10_000)
            .parallel()
            .mapToObj(_ -> directory.address(carol).toCompletableFuture())
            .toList();

    burst.forEach(
        each ->
            assertThat(await(each).record().content()).isInstanceOf(AddressRecord.Mailbox.class));

    assertThat(lookUps()).isEqualTo(1);
    assertThat(betaServer.requests())
        .as("the domain, what it revoked, the address")
        .hasSizeLessThanOrEqualTo(3);
  }
}
