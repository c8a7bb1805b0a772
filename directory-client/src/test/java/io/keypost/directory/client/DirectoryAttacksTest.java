package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.AddressView;
import io.keypost.directory.DomainView;
import io.keypost.directory.Incident;
import io.keypost.directory.net.AllowedTargets;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.testing.TestDomain;
import io.keypost.directory.testing.TestKeyServer;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.openpgp.UserSecretKey;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Attacks on the way from an address to its key, mounted by a DNS server and key servers that lie:
 * docs/threats.md, T07, T08, T09, T12, T13, T15; {@link DnsAttacksTest} has T14.
 */
class DirectoryAttacksTest extends OverRealZones {
  private static final String PIN_NAME = "_keypost.beta.test.";

  @Test
  void t07TwoKeysForOneAddressUnderOneNumberAreProofThatAnybodyCanVerify() {
    UserSecretKey bob = beta.user("bob");
    DirectoryClient directory = service();
    AddressView good = await(directory.address(bob.address()));
    UserSecretKey mallory = UserSecretKey.generate(bob.address(), clock.instant(), RANDOM);
    beta.contradict(
        bob.address(),
        new AddressRecord.Mailbox(mallory.certificate().encode(), beta.domain(), "default"));
    clock.pass(Duration.ofMinutes(2));

    assertRefused(
        RefusalCode.RECORD_EQUIVOCATES,
        () -> await(directory.addressFetchedSince(bob.address(), clock.instant())));

    assertThat(await(directory.address(bob.address()))).isEqualTo(good);
    assertThat(told.incidents).hasSize(1);
    Incident.Equivocation proof = (Incident.Equivocation) told.incidents.element();
    assertThat(proof.subject()).isEqualTo(bob.address().toString());
    List<AddressRecord> said =
        List.of(proof.kept(), proof.contradicting()).stream()
            .map(
                jws ->
                    RecordVerifier.verifyAddress(
                            jws, good.domain().verified(), bob.address(), clock.instant())
                        .record())
            .toList();
    assertThat(said.getFirst().seq()).isEqualTo(said.getLast().seq());
    assertThat(said.getFirst().content()).isNotEqualTo(said.getLast().content());
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(alphaServer.incidents())
                    .extracting(incident -> incident.getString("record"))
                    .containsExactlyInAnyOrder(proof.kept(), proof.contradicting()));
  }

  private enum Answering {
    FAILURE,
    NOTHING,
    GARBAGE,
    WITHOUT_END,
    FORGED
  }

  @ParameterizedTest
  @EnumSource
  void t08NoAnswerReplacesAGoodRecord(Answering how) {
    UserSecretKey bob = beta.user("bob");
    DirectoryClient directory = alone();
    AddressView good = await(directory.address(bob.address()));
    TestDomain forger = new TestDomain("beta.test", clock, RANDOM);
    forger.user("bob");
    betaServer.misbehave(request -> answer(how, request, forger));
    clock.pass(Duration.ofHours(1));

    assertThatThrownBy(() -> await(directory.addressFetchedSince(bob.address(), clock.instant())))
        .isInstanceOf(RefusedException.class);
    assertThat(await(directory.address(bob.address()))).isEqualTo(good);
    assertThat(await(directory.domain(beta.domain()))).isEqualTo(good.domain());

    betaServer.behave();
    clock.pass(Duration.ofMinutes(1));
    assertThat(await(directory.addressFetchedSince(bob.address(), clock.instant())).certificate())
        .contains(bob.certificate());
  }

  private boolean answer(Answering how, HttpServerRequest request, TestDomain forger) {
    switch (how) {
      case FAILURE -> TestKeyServer.problem(request, 500, "unavailable");
      case NOTHING -> {
        // The request is kept open, and never answered.
      }
      case GARBAGE -> request.response().end("{\"record\":[[[[").onFailure(gone -> {});
      case WITHOUT_END -> {
        request.response().setChunked(true);
        vertx.setPeriodic(
            1,
            timer ->
                request
                    .response()
                    .write(Buffer.buffer(new byte[256 * 1024]))
                    .onFailure(gone -> vertx.cancelTimer(timer)));
      }
      case FORGED ->
          request
              .response()
              .end(
                  "{\"record\":\""
                      + forger.domainRecord()
                      + "\",\"answers\":[{\"address\":\"bob@beta.test\",\"record\":\""
                      + forger.addressRecord(forger.address("bob"))
                      + "\"}]}")
              .onFailure(gone -> {});
    }
    return true;
  }

  @Test
  void t09AnOldPinAndAnOldRecordAreServedAgainAndNeitherIsBelieved() {
    DirectoryClient directory = alone();
    Pin oldPin = beta.pin(List.of(betaServer.name()));
    String oldRecord = beta.domainRecord();
    beta.rotateRoot(beta.announceNextRoot());
    TestKeyServer moved = keyServer(beta);
    DomainView now = await(directory.domain(beta.domain()));
    // Whoever holds the old root serves what once was true, signed and secure.
    TestKeyServer.publish(
        zones,
        new Pin(
            oldPin.domain(),
            oldPin.gen(),
            oldPin.root(),
            List.of(moved.name()),
            oldPin.operator(),
            oldPin.max()));
    moved.misbehave(
        request -> {
          request.response().end("{\"record\":\"" + oldRecord + "\"}").onFailure(gone -> {});
          return true;
        });
    clock.pass(Duration.ofMinutes(2));

    assertThatThrownBy(() -> await(directory.domainFetchedSince(beta.domain(), clock.instant())))
        .isInstanceOf(RefusedException.class);
    assertThat(await(directory.domain(beta.domain()))).isEqualTo(now);
  }

  @Test
  void t09AStolenOperationalCaThatNoStatementListsAnyMoreSignsNothingThatIsBelieved() {
    DirectoryClient directory = alone();
    await(directory.domain(beta.domain()));
    beta.replaceCaAndGoOnSigningUnderTheOldOne();
    clock.pass(Duration.ofMinutes(2));

    assertThatThrownBy(() -> await(directory.domainFetchedSince(beta.domain(), clock.instant())))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e ->
                assertThat(e.code())
                    .isIn(RefusalCode.RECORD_UNTRUSTED, RefusalCode.CERTIFICATE_UNLISTED));
  }

  @ParameterizedTest
  @CsvSource({
    "A, 127.0.0.1",
    "A, 10.1.2.3",
    "A, 172.16.0.1",
    "A, 192.168.1.1",
    "A, 169.254.169.254",
    "A, 100.64.0.1",
    "A, 0.0.0.0",
    "A, 224.0.0.1",
    "AAAA, ::1",
    "AAAA, fe80::1",
    "AAAA, fd00::1",
    "AAAA, ::ffff:127.0.0.1",
    "AAAA, 64:ff9b::7f00:1"
  })
  void t12AHostThatLeadsInsideIsNotConnectedTo(String type, String address) {
    zones.remove("ks.beta.test", "A");
    zones.put("ks.beta.test. 5 IN " + type + " " + address);
    DirectoryClient strict =
        closing(
            builder(settings(AllowedTargets.parse(Optional.empty(), Optional.of("1-65535"))))
                .build());

    assertRefused(RefusalCode.TARGET_NOT_ALLOWED, () -> await(strict.domain(beta.domain())));

    assertThat(betaServer.requests()).isEmpty();
    assertThat(told.refusals).containsExactly(RefusalCode.TARGET_NOT_ALLOWED);
    assertThat(told.refusedTargets).hasSize(1);
    assertRefused(
        RefusalCode.TARGET_NOT_ALLOWED,
        () ->
            await(
                strict
                    .http()
                    .open(
                        // As kp-servers names a receiving server.
                        new PeerTarget(MailDomain.parse("ks.beta.test"), betaServer.port()),
                        PeerTrust.chainingTo(beta.rootDigest(), beta.domain()),
                        HttpMethod.POST,
                        "/v1/transfers")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "[::1]",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "ks.beta.test."
      })
  void t12AKeyServerThatIsNoHostNameIsNoPin(String keyServer) {
    zones.put(
        PIN_NAME
            + " 5 IN TXT \""
            + beta.pin(List.of(betaServer.name()))
                .toTxt()
                .replace(betaServer.name().toString(), keyServer)
            + "\"");

    assertRefused(RefusalCode.PIN_MALFORMED, () -> await(alone().domain(beta.domain())));
    assertThat(told.refusals).containsExactly(RefusalCode.PIN_MALFORMED);
  }

  @Test
  void t12ARedirectIsNotFollowed() {
    betaServer.misbehave(
        request -> {
          request
              .response()
              .setStatusCode(307)
              .putHeader("location", "https://ks.alpha.test:" + alphaServer.port() + "/")
              .end()
              .onFailure(gone -> {});
          return true;
        });

    assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(alone().domain(beta.domain())));
    assertThat(alphaServer.requests()).isEmpty();
  }

  @Test
  void t12AnotherPortIsNotConnectedTo() {
    DirectoryClient strict =
        closing(
            builder(settings(AllowedTargets.parse(Optional.of(LOOPBACK), Optional.of("443"))))
                .build());

    assertRefused(RefusalCode.TARGET_NOT_ALLOWED, () -> await(strict.domain(beta.domain())));
    assertThat(betaServer.requests()).isEmpty();
  }

  @Test
  void t13TheAddressThatWasCheckedIsTheOneConnectedTo() {
    AtomicInteger inside = new AtomicInteger();
    listen("127.0.0.2", betaServer.port(), inside);
    // Each answer about the host is followed by another truth, signed all the same.
    dns.tamper(
        (query, honest) -> {
          Record question = query.getQuestion();
          if (question != null
              && question.getType() == Type.A
              && question.getName().toString().equals("ks.beta.test.")) {
            zones.put("ks.beta.test. 5 IN A 127.0.0.2");
          }
          return honest;
        });
    DirectoryClient directory =
        closing(
            builder(
                    settings(
                        AllowedTargets.parse(Optional.of("127.0.0.1/32"), Optional.of("1-65535"))))
                .build());

    assertThat(await(directory.domain(beta.domain())).pin().root()).isEqualTo(beta.rootDigest());
    clock.pass(Duration.ofHours(2));
    assertRefused(
        RefusalCode.TARGET_NOT_ALLOWED,
        () -> await(directory.domainFetchedSince(beta.domain(), clock.instant())));

    assertThat(inside).hasValue(0);
  }

  private NetServer listen(String address, int port, AtomicInteger connections) {
    NetServer server =
        vertx
            .createNetServer(new NetServerOptions().setHost(address).setPort(port))
            .connectHandler(
                socket -> {
                  connections.incrementAndGet();
                  close(socket);
                });
    await(server.listen().toCompletionStage());
    return server;
  }

  private static void close(NetSocket socket) {
    socket.close().onFailure(gone -> {});
  }

  @Test
  void t15AThousandMessagesToOneDomainThatFailsCostOneLookUp() {
    AtomicInteger queries = new AtomicInteger();
    List<KeyServerName> dead =
        IntStream.range(0, Pin.MAX_KEY_SERVERS)
            .mapToObj(i -> new KeyServerName(MailDomain.parse("dead" + i + ".beta.test"), 9))
            .toList();
    dead.forEach(
        name -> zones.put(name.host() + ". 5 IN AAAA ::1", name.host() + ". 5 IN A 127.0.0.1"));
    TestKeyServer.publish(zones, beta.pin(dead));
    dns.tamper(
        (query, honest) -> {
          queries.incrementAndGet();
          return honest;
        });
    DirectoryClient directory = alone();

    List<CompletableFuture<AddressView>> all =
        IntStream.range(0, 1000)
            .mapToObj(i -> directory.address(beta.address("user" + i)).toCompletableFuture())
            .toList();
    all.forEach(one -> assertRefused(RefusalCode.DIRECTORY_UNAVAILABLE, () -> await(one)));

    // One pin and eight hosts with two types each; a validated answer takes a key and a DS for each
    // of three zones besides, and no message adds to it.
    int lookUps = 1 + 2 * Pin.MAX_KEY_SERVERS;
    assertThat(queries.get()).isLessThanOrEqualTo(lookUps * 8);
  }

  @Test
  void t15AKeyServerThatIsSlowOnPurposeHoldsUpNobodyElse() {
    betaServer.misbehave(request -> true);
    UserSecretKey alice = alpha.user("alice");
    DirectoryClient directory = alone();

    List<CompletableFuture<AddressView>> slow =
        IntStream.range(0, 500)
            .mapToObj(i -> directory.address(beta.address("user" + i)).toCompletableFuture())
            .toList();

    assertThat(await(directory.address(alice.address())).certificate())
        .contains(alice.certificate());
    assertThat(slow).noneMatch(CompletableFuture::isDone);
    assertThat(betaServer.requests()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void sevenDeadKeyServersInFrontOfOneThatLivesCostNoFailure() {
    List<KeyServerName> names = new ArrayList<>();
    for (int i = 1; i < Pin.MAX_KEY_SERVERS; i++) {
      names.add(new KeyServerName(MailDomain.parse("dead" + i + ".beta.test"), freePort()));
      zones.put("dead" + i + ".beta.test. 5 IN A 127.0.0.1");
    }
    names.add(betaServer.name());
    TestKeyServer.publish(zones, beta.pin(names));

    assertThat(await(alone().domain(beta.domain())).pin().keyServers()).isEqualTo(names);
    assertThat(told.refusals).isEmpty();
  }

  @Test
  void anAddressThatFailedIsNotTriedAgainForAWhileThenIs() {
    AtomicInteger tried = new AtomicInteger();
    int port = listen("127.0.0.2", 0, tried).actualPort();
    zones.put("dead.beta.test. 5 IN A 127.0.0.2");
    TestKeyServer.publish(
        zones,
        beta.pin(
            List.of(
                new KeyServerName(MailDomain.parse("dead.beta.test"), port), betaServer.name())));
    DirectoryClient directory = alone();

    for (int i = 0; i < 6; i++) {
      clock.pass(Duration.ofSeconds(2));
      await(directory.domainFetchedSince(beta.domain(), clock.instant()));
    }
    assertThat(tried).hasValue(1);

    clock.pass(Duration.ofMinutes(1));
    for (int i = 0; i < 2; i++) {
      clock.pass(Duration.ofSeconds(2));
      await(directory.domainFetchedSince(beta.domain(), clock.instant()));
    }
    assertThat(tried).hasValue(2);
  }

  @Test
  void severalKeyServersShareTheWork() {
    TestKeyServer second = closing(TestKeyServer.start(vertx, beta));
    TestKeyServer.publish(zones, beta.pin(List.of(betaServer.name(), second.name())));
    DirectoryClient directory = alone();

    for (int i = 0; i < 6; i++) {
      clock.pass(Duration.ofSeconds(2));
      await(directory.domainFetchedSince(beta.domain(), clock.instant()));
    }

    // Each look-up asks twice: for the domain's record, and for what it has revoked.
    assertThat(betaServer.requests()).hasSize(6);
    assertThat(second.requests()).hasSize(6);
  }
}
