package io.keypost.stack.dns;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** dnsjava's own validator is the judge of every signature and every proof of absence. */
class DnsServerTest {

  private final SignedZones zones = SignedZones.create(InstantSource.system(), new SecureRandom());
  private DnsServer server;
  private ValidatingResolver validator;

  @BeforeEach
  void start() throws IOException {
    server = DnsServer.start(zones, InetAddress.getLoopbackAddress(), 0);
    validator = validatorFor(zones.trustAnchor());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ValidatingResolver validatorFor(String trustAnchor) throws IOException {
    var plain = new SimpleResolver(server.address());
    plain.setTimeout(Duration.ofSeconds(10));
    var resolver = new ValidatingResolver(plain);
    resolver.loadTrustAnchors(new ByteArrayInputStream(trustAnchor.getBytes(US_ASCII)));
    return resolver;
  }

  private Message ask(String name, int type) throws IOException {
    return validator.send(
        Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)));
  }

  private static boolean isSecure(Message response) {
    return response.getHeader().getFlag(Flags.AD);
  }

  @Test
  void aRecordOfASignedZoneIsSecure() throws IOException {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.put("_keypost.alpha.test. 30 IN TXT \"v=keypost1; gen=1\"");

    var response = ask("_keypost.alpha.test.", Type.TXT);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(isSecure(response)).isTrue();
    assertThat(response.getSection(Section.ANSWER))
        .filteredOn(TXTRecord.class::isInstance)
        .hasSize(1);
  }

  @Test
  void anAliasIsFollowedIntoAnotherSignedZone() throws IOException {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.zone("beta.example", ZoneSecurity.SIGNED);
    zones.put(
        "ks.alpha.test. 30 IN CNAME host.beta.example.", "host.beta.example. 30 IN A 127.0.0.1");

    var response = ask("ks.alpha.test.", Type.A);

    assertThat(isSecure(response)).isTrue();
    assertThat(response.getSection(Section.ANSWER))
        .filteredOn(r -> r.getType() == Type.A)
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "nothing.alpha.test., NXDOMAIN", // no such name
    "a.b.nothing.alpha.test., NXDOMAIN",
    "mx.alpha.test., NOERROR", // the name has no TXT
    "between.alpha.test., NOERROR", // only a name below it has records
    "alpha.test., NOERROR",
    "gamma.test., NXDOMAIN", // denied by the zone above
    "gamma.invalid., NXDOMAIN", // denied by the root
  })
  void thatSomethingIsAbsentIsProvedSecurely(String name, String expected) throws IOException {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.put("mx.alpha.test. 30 IN A 127.0.0.1", "x.between.alpha.test. 30 IN A 127.0.0.1");

    var response = ask(name, Type.TXT);

    assertThat(Rcode.string(response.getRcode())).isEqualTo(expected);
    assertThat(isSecure(response)).as("secure").isTrue();
    assertThat(response.getSection(Section.ANSWER)).isEmpty();
  }

  @Test
  void anUnsignedZoneIsInsecureAndNotBogus() throws IOException {
    zones.zone("plain.test", ZoneSecurity.UNSIGNED);
    zones.put("_keypost.plain.test. 30 IN TXT hello");

    var response = ask("_keypost.plain.test.", Type.TXT);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(isSecure(response)).isFalse();
    assertThat(response.getSection(Section.ANSWER)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"BOGUS", "EXPIRED"})
  void aBadlySignedZoneFails(ZoneSecurity security) throws IOException {
    zones.zone("bad.test", security);
    zones.put("_keypost.bad.test. 30 IN TXT hello");

    assertThat(ask("_keypost.bad.test.", Type.TXT).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(ask("absent.bad.test.", Type.TXT).getRcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void anotherServersTrustAnchorDoesNotFit() throws IOException {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.put("_keypost.alpha.test. 30 IN TXT hello");
    validator =
        validatorFor(SignedZones.create(InstantSource.system(), new SecureRandom()).trustAnchor());

    assertThat(ask("_keypost.alpha.test.", Type.TXT).getRcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void aLargeRecordGoesByTcpAfterATruncatedAnswer() throws IOException {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    var chunk = "\"" + "k".repeat(250) + "\" ";
    zones.put("_keypost.alpha.test. 30 IN TXT " + chunk.repeat(200));

    var response = ask("_keypost.alpha.test.", Type.TXT);

    assertThat(isSecure(response)).isTrue();
    assertThat(response.getSection(Section.ANSWER).getFirst().rdataToString().length())
        .isGreaterThan(50_000);
  }

  @Test
  void aChangeIsSeenByTheNextQuestion() throws IOException {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);
    zones.put("mx.alpha.test. 30 IN A 127.0.0.1");
    zones.put("mx.alpha.test. 30 IN A 127.0.0.2");
    assertThat(ask("mx.alpha.test.", Type.A).getSection(Section.ANSWER).getFirst().rdataToString())
        .isEqualTo("127.0.0.2");

    zones.remove("mx.alpha.test", "A");
    assertThat(ask("mx.alpha.test.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void refusesARecordOutsideItsZonesAndAWildcard() {
    zones.zone("alpha.test", ZoneSecurity.SIGNED);

    assertThatThrownBy(() -> zones.put("mx.beta.test. 30 IN A 127.0.0.1"))
        .hasMessageContaining("no zone");
    assertThatThrownBy(() -> zones.put("*.alpha.test. 30 IN A 127.0.0.1"))
        .hasMessageContaining("wildcard");
    assertThatThrownBy(() -> zones.put("not a record"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> zones.zone("test", ZoneSecurity.SIGNED))
        .hasMessageContaining("two labels");
  }

  @Test
  void keysInADirectoryKeepTheTrustAnchorOverARestart(@TempDir Path keys) throws IOException {
    var first = SignedZones.open(keys, InstantSource.system(), new SecureRandom()).trustAnchor();
    var second = SignedZones.open(keys, InstantSource.system(), new SecureRandom()).trustAnchor();

    assertThat(second).isEqualTo(first);
    assertThat(keys.resolve("root.key")).exists();
  }

  @Test
  void garbageByTcpIsAnsweredWithAFormatErrorOrNothing() throws IOException {
    try (var socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      var out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(13);
      out.write(new byte[] {1, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 77});
      out.flush();
      var in = new DataInputStream(socket.getInputStream());
      var response = new Message(in.readNBytes(in.readUnsignedShort()));
      assertThat(response.getHeader().getID()).isEqualTo(0x0102);
      assertThat(response.getRcode()).isEqualTo(Rcode.FORMERR);
    }
  }
}
