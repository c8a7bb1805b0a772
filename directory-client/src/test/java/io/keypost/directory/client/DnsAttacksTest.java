package io.keypost.directory.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.directory.dns.DnsSettings;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.dns.ZoneSecurity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** T14 of docs/threats.md: a DNS server that lies, over the real resolver. */
class DnsAttacksTest extends OverRealZones {
  private static final String PIN_NAME = "_keypost.beta.test.";

  @ParameterizedTest
  @EnumSource(names = {"BOGUS", "EXPIRED"})
  void t14ABogusZoneIsATemporaryRefusalOfItsOwnAndNeverAnInsecureOne(ZoneSecurity security) {
    zones.zone("beta.test", security);
    betaServer.publish(zones);

    assertRefused(RefusalCode.DNS_BOGUS, () -> await(alone().domain(beta.domain())));
    assertThat(told.refusals).containsExactly(RefusalCode.DNS_BOGUS);
  }

  @Test
  void t14AProofOfAbsenceOfAnotherNameDoesNotMakeAPinAbsent() throws IOException {
    Message denial = ask("zzz.beta.test.");
    assertThat(denial.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    dns.tamper(
        (query, honest) -> {
          if (!isAboutThePin(query)) {
            return honest;
          }
          honest.removeAllRecords(Section.ANSWER);
          honest.getHeader().setRcode(Rcode.NXDOMAIN);
          denial.getSection(Section.AUTHORITY).forEach(r -> honest.addRecord(r, Section.AUTHORITY));
          return honest;
        });

    assertRefused(RefusalCode.DNS_BOGUS, () -> await(alone().domain(beta.domain())));
  }

  private Message ask(String name) throws IOException {
    SimpleResolver resolver = new SimpleResolver(dns.address());
    resolver.setEDNS(0, 1232, ExtendedFlags.DO, List.of());
    return resolver.send(
        Message.newQuery(Record.newRecord(Name.fromString(name), Type.TXT, DClass.IN)));
  }

  private static boolean isAboutThePin(Message query) {
    Record question = query.getQuestion();
    return question != null
        && question.getType() == Type.TXT
        && question.getName().toString().equals(PIN_NAME);
  }

  @Test
  void t14SignaturesWithoutNumberAreGivenUp() {
    dns.tamper(
        (query, honest) -> {
          if (!isAboutThePin(query)) {
            return honest;
          }
          List<RRSIGRecord> genuine =
              honest.getSection(Section.ANSWER).stream()
                  .filter(RRSIGRecord.class::isInstance)
                  .map(RRSIGRecord.class::cast)
                  .toList();
          for (RRSIGRecord signature : genuine) {
            honest.removeRecord(signature, Section.ANSWER);
            for (int i = 0; i < 150; i++) {
              honest.addRecord(spoilt(signature, i), Section.ANSWER);
            }
          }
          return honest;
        });

    assertThatThrownBy(() -> await(alone().domain(beta.domain())))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isIn(RefusalCode.DNS_BOGUS, RefusalCode.DNS_UNAVAILABLE));
    assertThat(await(alone().domain(alpha.domain())).pin().domain()).isEqualTo(alpha.domain());
  }

  private static RRSIGRecord spoilt(RRSIGRecord genuine, int number) {
    byte[] signature = genuine.getSignature().clone();
    signature[0] = (byte) number;
    signature[1] = (byte) ~signature[1];
    return new RRSIGRecord(
        genuine.getName(),
        genuine.getDClass(),
        genuine.getTTL(),
        genuine.getTypeCovered(),
        genuine.getAlgorithm(),
        genuine.getOrigTTL(),
        genuine.getExpire(),
        genuine.getTimeSigned(),
        genuine.getFootprint(),
        genuine.getSigner(),
        signature);
  }

  @Test
  void t14ATextOfSixtyKibibytesIsNotWorkedOn() {
    String long255 = "\"" + "x".repeat(255) + "\"";
    zones.put(
        PIN_NAME
            + " 5 IN TXT \"v=keypost1; \" "
            + IntStream.range(0, 235).mapToObj(i -> long255).collect(Collectors.joining(" ")));

    assertRefused(RefusalCode.DNS_UNAVAILABLE, () -> await(alone().domain(beta.domain())));
  }

  @Test
  void t14AChainOfCnamesIsFollowedFourTimesAndNoFurther() {
    String txt = beta.pin(List.of(betaServer.name())).toTxt();
    zones.remove(PIN_NAME, "TXT");
    chain(DnsSettings.MAX_CNAMES, txt);
    assertThat(await(alone().domain(beta.domain())).pin().root()).isEqualTo(beta.rootDigest());

    chain(DnsSettings.MAX_CNAMES + 1, txt);
    assertRefused(RefusalCode.DNS_UNAVAILABLE, () -> await(alone().domain(beta.domain())));
  }

  private void chain(int length, String txt) {
    List<String> records = new ArrayList<>();
    String from = PIN_NAME;
    for (int i = 1; i <= length; i++) {
      String to = "c" + length + "-" + i + ".beta.test.";
      records.add(from + " 5 IN CNAME " + to);
      from = to;
    }
    records.add(from + " 5 IN TXT \"" + txt + "\"");
    zones.put(records);
  }

  @Test
  void t14CnamesThatLeadInACircleAreGivenUp() {
    zones.remove(PIN_NAME, "TXT");
    zones.put(PIN_NAME + " 5 IN CNAME a.beta.test.", "a.beta.test. 5 IN CNAME " + PIN_NAME);

    assertThatThrownBy(() -> await(alone().domain(beta.domain())))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.code()).isIn(RefusalCode.DNS_BOGUS, RefusalCode.DNS_UNAVAILABLE));
  }

  @Test
  void t14SeveralPinsAreNone() {
    zones.put(
        PIN_NAME + " 5 IN TXT \"" + beta.pin(List.of(betaServer.name())).toTxt() + "\"",
        PIN_NAME + " 5 IN TXT \"" + alpha.pin(List.of(betaServer.name())).toTxt() + "\"");

    assertRefused(RefusalCode.PIN_MISSING, () -> await(alone().domain(beta.domain())));
  }
}
