package io.keypost.protocol.record;

import static io.keypost.protocol.record.TestDomain.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keypost.protocol.address.Address;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** KP-REC-6, KP-REC-7: rollback and equivocation (T07, T08, T09). */
class SuccessionTest {
  private final TestDomain alpha = new TestDomain("alpha.test");
  private final Address info = alpha.address("info");
  private final Address bob = Address.parse("bob@beta.test");

  @Test
  void ordersByGenFirstAndThenBySeq() {
    AddressRecord remembered = unknown(7, 12, NOW);

    assertThat(Succession.of(remembered, unknown(7, 13, NOW))).isEqualTo(Succession.NEWER);
    assertThat(Succession.of(remembered, unknown(8, 0, NOW))).isEqualTo(Succession.NEWER);
    assertThat(Succession.of(remembered, unknown(7, 11, NOW.plusSeconds(60))))
        .isEqualTo(Succession.OLDER);
    assertThat(Succession.of(remembered, unknown(6, 99, NOW.plusSeconds(60))))
        .isEqualTo(Succession.OLDER);
  }

  @Test
  void takesARenewalAndNothingOlderOfTheSame() {
    AddressRecord remembered = unknown(7, 12, NOW);

    assertThat(Succession.of(remembered, unknown(7, 12, NOW.plusSeconds(60))))
        .isEqualTo(Succession.RENEWED);
    assertThat(Succession.of(remembered, remembered)).isEqualTo(Succession.KNOWN);
    assertThat(Succession.of(remembered, unknown(7, 12, NOW.minusSeconds(60))))
        .isEqualTo(Succession.KNOWN);
  }

  @Test
  void countsARenewedConsentAsTheSameContent() {
    assertThat(
            Succession.of(
                alias(bob, "consent", NOW), alias(bob, "renewed one", NOW.plusSeconds(1))))
        .isEqualTo(Succession.RENEWED);
  }

  @Test
  void countsAnotherLoadAsTheSameContentByKpRec21() {
    ServersRecord idle = alpha.servers();
    ServersRecord busy = withLoad(idle, 80, idle.issuedAt().plusSeconds(10));

    assertThat(Succession.of(idle, busy)).isEqualTo(Succession.RENEWED);
    assertThat(ContentDigest.of(busy)).isEqualTo(ContentDigest.of(idle));
    assertThat(busy.pools().getFirst().servers().getFirst().load()).isEqualTo(80);
  }

  private static ServersRecord withLoad(ServersRecord servers, int load, Instant issued) {
    ServersRecord.Server server = servers.pools().getFirst().servers().getFirst();
    return new ServersRecord(
        servers.operator(),
        servers.gen(),
        servers.seq(),
        issued,
        servers.expiry(),
        List.of(
            new ServersRecord.Pool(
                "default",
                List.of(
                    new ServersRecord.Server(
                        server.host(),
                        server.port(),
                        server.priority(),
                        server.weight(),
                        server.state(),
                        load)))),
        servers.certificates());
  }

  @Test
  void seesTwoContentsUnderOneSeqAsEquivocation() {
    assertThat(Succession.of(alias(bob, "c", NOW), alias(info, "c", NOW.plusSeconds(1))))
        .isEqualTo(Succession.EQUIVOCATES);
    assertThat(Succession.of(alias(bob, "c", NOW), unknown(7, 12, NOW.plusSeconds(1))))
        .isEqualTo(Succession.EQUIVOCATES);
    ServersRecord servers = alpha.servers();
    assertThat(
            Succession.of(
                servers,
                new ServersRecord(
                    servers.operator(),
                    servers.gen(),
                    servers.seq(),
                    servers.issuedAt().plusSeconds(300),
                    servers.expiry(),
                    servers.pools(),
                    List.of())))
        .isEqualTo(Succession.EQUIVOCATES);
    DomainRecord domain = alpha.record("statement");
    assertThat(Succession.of(domain, alpha.record("another statement")))
        .isEqualTo(Succession.EQUIVOCATES);
    assertThat(Succession.of(domain, alpha.record("statement"))).isEqualTo(Succession.KNOWN);
  }

  @Test
  void replacesOnlyByWhatIsNewer() {
    assertThat(List.of(Succession.values()).stream().filter(Succession::replaces))
        .containsExactly(Succession.NEWER, Succession.RENEWED);
  }

  @Test
  void comparesOnlyRecordsOfOneKind() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Succession.<SuccessiveRecord>of(alpha.servers(), unknown(7, 12, NOW)));
  }

  private AddressRecord unknown(long gen, long seq, Instant issued) {
    return new AddressRecord(
        info,
        gen,
        seq,
        issued,
        issued.plusSeconds(60),
        null,
        new AddressRecord.Unknown(),
        List.of());
  }

  private AddressRecord alias(Address target, String consent, Instant issued) {
    return new AddressRecord(
        info,
        7,
        12,
        issued,
        issued.plusSeconds(60),
        null,
        new AddressRecord.Alias(target, consent),
        List.of());
  }
}
