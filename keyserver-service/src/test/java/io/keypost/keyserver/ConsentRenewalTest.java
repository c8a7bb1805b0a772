package io.keypost.keyserver;

import static io.keypost.keyserver.OperatorApi.operator;
import static io.keypost.keyserver.PublicPort.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.keyserver.desk.ConsentRenewals;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.AddressRow.Kind;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.pin.KeyServerName;
import io.keypost.protocol.pin.Pin;
import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.testsupport.SharedServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of an alias whose consent ends soon: KP-KSV-22; threats T15, T26. */
@QuarkusTest
@WithTestResource(KeyServerTestResource.class)
class ConsentRenewalTest extends ReadyKeyServer {
  /** More than one page of aliases that are due. */
  private static final int MANY = 501;

  @Inject ConsentRenewals renewals;
  @Inject Transactions transactions;

  @Test
  @DisplayName("T15, T26: a provider that is away keeps nobody else's aliases from being renewed")
  void aDeadProviderHoldsUpNoOther() throws IOException {
    Address info = aliasOf(enrolled("bob"));
    List<Address> dead = aliasesOf(providerThatIsAway());

    renewals.renewAll();

    assertThat(row(info).consentExpires).isAfter(Instant.now().plus(Duration.ofHours(20)));
    for (Address alias : List.of(dead.getFirst(), dead.getLast())) {
      AddressRow row = row(alias);
      assertThat(row.kind).as("nothing signed says that it ends").isEqualTo(Kind.ALIAS);
      assertThat(row.consentFailures).isPositive();
      assertThat(row.consentNextTry).isAfter(Instant.now());
    }
  }

  @Test
  void aSuspendedTargetKeepsHisAliasesByKpKsv22() {
    TestUser bob = enrolled("bob");
    Address info = aliasOf(bob);
    String suspension = "/operator/addresses/" + bob.address() + "/suspension";
    operator().post(suspension).then().statusCode(200);
    change(info, row -> row.consentExpires = Instant.now().minusSeconds(60));

    renewals.renewAll();

    assertThat(row(info).kind).isEqualTo(Kind.ALIAS);
    assertThat(audited(info)).containsExactly("alias-set");
    operator().delete(suspension).then().statusCode(200);
    itsTurn(info);
    renewals.renewAll();
    assertThat(row(info).consentExpires).isAfter(Instant.now().plus(Duration.ofHours(20)));
    assertThat(row(info).consentFailures).isZero();
  }

  @Test
  void anAliasEndsWithTheConsentThatItHoldsWhenThereIsNoOtherByKpKsv22() {
    TestUser bob = enrolled("bob");
    Address info = aliasOf(bob);
    user(token(bob))
        .delete("/v1/consents?alias=" + info + "&target=" + bob.address())
        .then()
        .statusCode(204);

    renewals.renewAll();
    assertThat(row(info).kind).as("its consent is good still").isEqualTo(Kind.ALIAS);
    change(info, row -> row.consentExpires = Instant.now().minusSeconds(1));
    itsTurn(info);
    renewals.renewAll();

    assertThat(row(info).kind).isEqualTo(Kind.UNKNOWN);
    assertThat(audited(info)).contains("alias-ended");
  }

  @Test
  void anAliasOfATargetThatIsGoneEndsAtOnceByKpKsv22() {
    TestUser bob = enrolled("bob");
    Address info = aliasOf(bob);
    operator().delete("/operator/addresses/" + bob.address()).then().statusCode(200);

    renewals.renewAll();

    assertThat(row(info).kind).isEqualTo(Kind.UNKNOWN);
  }

  /** An alias of a user here whose consent ends in an hour. */
  private Address aliasOf(TestUser target) {
    Address alias = fresh("info");
    user(token(target))
        .body(
            Map.of(
                "alias", alias.toString(),
                "target", target.address().toString(),
                "serial", 1,
                "signature",
                    ConsentSignatures.sign(alias, 1, target.key(), Instant.now()).base64Url()))
        .post("/v1/consents")
        .then()
        .statusCode(201);
    operator()
        .body(Map.of("target", target.address().toString()))
        .put("/operator/domains/" + OPERATOR + "/aliases/" + alias.local())
        .then()
        .statusCode(200);
    change(alias, row -> row.consentExpires = Instant.now().plus(Duration.ofHours(1)));
    return alias;
  }

  /** More aliases than are looked at together, all of which end before every other. */
  private List<Address> aliasesOf(Address target) {
    List<AddressRow> rows =
        IntStream.range(0, MANY).mapToObj(i -> aliasRow(fresh("dead"), target)).toList();
    transactions.inTransaction(() -> AddressRow.persist(rows));
    return rows.stream().map(row -> Address.parse(row.local + "@" + row.domain)).toList();
  }

  private static AddressRow aliasRow(Address alias, Address target) {
    AddressRow row = new AddressRow();
    row.domain = alias.domain().value();
    row.local = alias.local();
    row.kind = Kind.ALIAS;
    row.target = target.toString();
    row.consent = "of no interest here";
    row.consentExpires = Instant.now().plusSeconds(60);
    row.statements = "";
    row.created = Instant.now();
    row.changed = row.created;
    row.published.stale = true;
    return row;
  }

  /** Its pin is in DNS; where it points nobody listens. */
  private static Address providerThatIsAway() throws IOException {
    MailDomain domain = MailDomain.parse("away-" + fresh("x").local() + ".test");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Pin pin =
        new Pin(
            domain,
            1,
            Digest.sha256(Bytes.utf8("a root")),
            List.of(new KeyServerName(MailDomain.parse("ks." + domain), port)),
            domain,
            Duration.ofDays(30));
    SharedServers servers = SharedServers.get();
    servers.dns().zone(domain.value(), ZoneSecurity.SIGNED);
    servers.dns().put("_keypost." + domain + ". 30 IN TXT \"" + pin.toTxt() + "\"");
    servers.dns().put("ks." + domain + ". 30 IN A 127.0.0.1");
    return Address.parse("bob@" + domain);
  }

  private void itsTurn(Address alias) {
    change(alias, row -> row.consentNextTry = null);
  }

  private void change(Address alias, Consumer<AddressRow> change) {
    transactions.inTransaction(
        () ->
            AddressRow.at(alias.domain().value(), alias.local()).invoke(change).replaceWithVoid());
  }

  private AddressRow row(Address alias) {
    return transactions.reading(() -> AddressRow.at(alias.domain().value(), alias.local()));
  }

  private static List<String> audited(Address alias) {
    List<Map<String, String>> entries = operator().get("/operator/audit?limit=200").path("entries");
    return entries.stream()
        .filter(entry -> entry.get("subject").equals(alias.toString()))
        .map(entry -> entry.get("action"))
        .toList();
  }
}
