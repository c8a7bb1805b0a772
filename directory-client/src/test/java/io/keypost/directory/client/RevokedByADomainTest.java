package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DomainView;
import io.keypost.directory.Incident;
import io.keypost.directory.cache.RecordCache;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.protocol.Digest;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.refusal.RefusalCode;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a domain revoked, looked up with everything that is said under it; KP-REC-20, KP-REC-22. */
class RevokedByADomainTest extends OverRealZones {
  private DirectoryClient directory;

  @BeforeEach
  void open() {
    directory = alone();
  }

  @Test
  void whatADomainRevokedIsAskedForEveryTenMinutesByKpRec20() {
    assertThat(await(directory.domain(beta.domain())).verified().revoked().certificates())
        .isEmpty();
    ServerIdentity mx = beta.listedServer("mx.beta.test");
    Digest revoked = CertificateDigests.certificate(mx.chain().getFirst());
    beta.revoke(mx.chain().getFirst());

    clock.pass(DirectorySettings.REFRESH_REVOCATIONS_AFTER.minusSeconds(1));
    assertThat(await(directory.domain(beta.domain())).verified().revoked().certificates())
        .isEmpty();
    clock.pass(Duration.ofSeconds(61));
    assertThat(await(directory.domain(beta.domain())).verified().revoked().certificates())
        .containsExactly(revoked);
  }

  @Test
  void aKeyThatADomainRevokesCountsForItsKeptAddressesTooByKpRec20() {
    UserSecretKey bob = beta.user("bob");
    assertThat(await(directory.address(bob.address())).revokes(bob.signingFingerprint())).isFalse();
    long asked = lookups();

    beta.revoke(bob.signingFingerprint());
    await(directory.domainFetchedSince(beta.domain(), clock.instant().plusMillis(1)));

    assertThat(await(directory.address(bob.address())).revokes(bob.signingFingerprint())).isTrue();
    assertThat(lookups()).as("the address is a kept one").isEqualTo(asked);
  }

  @Test
  void aKeptAddressOfARevokedSignerIsAskedForAnewByKpRec20() {
    UserSecretKey bob = beta.user("bob");
    await(directory.address(bob.address()));
    long asked = lookups();
    X509Certificate stolen = beta.signing();
    beta.renewSigning();
    beta.revoke(stolen);
    await(directory.domainFetchedSince(beta.domain(), clock.instant().plusMillis(1)));

    assertThat(await(directory.address(bob.address())).domain().verified().signingCertificate())
        .isEqualTo(beta.signing());
    assertThat(lookups()).isEqualTo(asked + 1);
  }

  private long lookups() {
    return betaServer.requests().stream().filter("POST /v1/lookups"::equals).count();
  }

  @Test
  void withoutWhatADomainRevokedNothingOfItIsBelievedByKpRec20() {
    betaServer.misbehave(
        request -> {
          boolean asked = request.path().endsWith("/revocations");
          if (asked) {
            TestKeyServer.problem(request, 404, "not_found");
          }
          return asked;
        });

    assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(directory.domain(beta.domain())));

    betaServer.behave();
    clock.pass(RecordCache.FAILURE_MEMORY);
    assertThat(await(directory.domain(beta.domain()))).isNotNull();
    betaServer.misbehave(
        request -> {
          TestKeyServer.problem(request, 503, "unavailable");
          return true;
        });
    clock.pass(Duration.ofHours(23));
    assertThat(await(directory.domain(beta.domain()))).as("kept").isNotNull();
    clock.pass(Duration.ofHours(1));
    assertRefused(RefusalCode.RECORD_EXPIRED, () -> await(directory.domain(beta.domain())));
  }

  @Test
  void whoTakesARevocationBackIsNotBelievedByKpRec22() {
    ServerIdentity mx = beta.listedServer("mx.beta.test");
    beta.revoke(mx.chain().getFirst());
    Digest revoked = CertificateDigests.certificate(mx.chain().getFirst());
    await(directory.domain(beta.domain()));

    beta.forgetRevocations();
    clock.pass(DirectorySettings.REFRESH_REVOCATIONS_AFTER.plusMinutes(1));

    assertThat(await(directory.domain(beta.domain())).verified().revoked().certificates())
        .as("what was kept stands")
        .containsExactly(revoked);
  }

  @Test
  void aSignerThatWasRevokedSignsNothingMoreByKpRec20() {
    UserSecretKey bob = beta.user("bob");
    await(directory.address(bob.address()));
    X509Certificate stolen = beta.signing();
    String old = beta.domainRecord();
    beta.renewSigning();
    beta.revoke(stolen);
    // Who stole the key goes on to show the old record, and nothing of what was revoked is hidden.
    betaServer.misbehave(
        request -> {
          boolean asked = request.path().equals("/v1/domains/beta.test");
          if (asked) {
            TestKeyServer.answer(request, old);
          }
          return asked;
        });
    clock.pass(DirectorySettings.REFRESH_REVOCATIONS_AFTER.plusMinutes(1));

    assertRefused(RefusalCode.RECORD_UNTRUSTED, () -> await(directory.domain(beta.domain())));
    betaServer.behave();
    clock.pass(RecordCache.FAILURE_MEMORY);
    assertThat(await(directory.address(bob.address()))).isNotNull();
  }

  @Test
  @DisplayName("T07: who shows two lists of revocations under one seq is proven to")
  void twoListsOfRevocationsUnderOneSeqAreAnIncident() {
    ServerIdentity mx = beta.listedServer("mx.beta.test");
    ServerIdentity other = beta.listedServer("mx2.beta.test");
    long before = beta.seq();
    beta.revoke(mx.chain().getFirst());
    await(directory.domain(beta.domain()));
    String kept = directory.keptRevocations(beta.domain()).orElseThrow();

    beta.rollBackTo(beta.gen(), before);
    beta.revoke(other.chain().getFirst());
    clock.pass(DirectorySettings.REFRESH_REVOCATIONS_AFTER);
    DomainView bridged = await(directory.domain(beta.domain()));

    assertThat(bridged.verified().revoked().certificates())
        .as("what was kept stands")
        .containsExactly(CertificateDigests.certificate(mx.chain().getFirst()));
    assertThat(told.incidents)
        .singleElement()
        .isInstanceOfSatisfying(
            Incident.Equivocation.class,
            proof -> {
              assertThat(proof.kind()).isEqualTo(RecordKind.REVOCATIONS.typ());
              assertThat(proof.subject()).isEqualTo("beta.test");
              assertThat(proof.kept()).isEqualTo(kept);
              assertThat(proof.contradicting()).isNotEqualTo(kept);
            });
  }
}
