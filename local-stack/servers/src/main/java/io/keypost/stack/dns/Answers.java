package io.keypost.stack.dns;

import java.time.Instant;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * From a question to its answer; no I/O. It answers as a resolver would that had walked the tree:
 * never a referral, since every zone stands here. The AD bit is never set: who wants to know must
 * validate.
 */
final class Answers {

  /**
   * Longest chain of CNAME records that is followed; a longer one is answered as far as it was
   * followed.
   */
  static final int MAX_CNAMES = 8;

  /**
   * Largest UDP answer, so that it is never fragmented (RFC 9715); what is larger is truncated and
   * asked for by TCP.
   */
  static final int MAX_UDP_OCTETS = 1232;

  private Answers() {}

  static Message answer(SignedZones zones, Message query) {
    var response = new Message(query.getHeader().getID());
    var header = response.getHeader();
    header.setFlag(Flags.QR);
    header.setFlag(Flags.RA);
    copyFlag(query, header, Flags.RD);
    copyFlag(query, header, Flags.CD);
    header.setOpcode(query.getHeader().getOpcode());
    var opt = query.getOPT();
    if (opt != null) {
      response.addRecord(
          new OPTRecord(MAX_UDP_OCTETS, 0, 0, opt.getFlags() & ExtendedFlags.DO),
          Section.ADDITIONAL);
    }
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      header.setRcode(Rcode.NOTIMP);
      return response;
    }
    var question = query.getQuestion();
    if (question == null || query.getHeader().getCount(Section.QUESTION) != 1) {
      header.setRcode(Rcode.FORMERR);
      return response;
    }
    response.addRecord(question, Section.QUESTION);
    if (question.getDClass() != DClass.IN || !Type.isRR(question.getType())) {
      header.setRcode(Rcode.NOTIMP);
      return response;
    }
    boolean wantsSignatures = opt != null && (opt.getFlags() & ExtendedFlags.DO) != 0;
    new Filling(zones, response, wantsSignatures).fill(question.getName(), question.getType());
    return response;
  }

  private static void copyFlag(Message query, Header header, byte flag) {
    if (query.getHeader().getFlag(flag)) {
      header.setFlag(flag);
    }
  }

  private static final class Filling {
    private final SignedZones zones;
    private final Message response;
    private final boolean wantsSignatures;
    private final Instant now;

    Filling(SignedZones zones, Message response, boolean wantsSignatures) {
      this.zones = zones;
      this.response = response;
      this.wantsSignatures = wantsSignatures;
      this.now = zones.clock().instant();
    }

    void fill(Name asked, int type) {
      var name = asked;
      for (int followed = 0; followed <= MAX_CNAMES; followed++) {
        var zone = zones.zoneFor(name, type);
        var found = zone.find(name, type);
        if (found != null) {
          add(found, Section.ANSWER);
          return;
        }
        var alias = zone.find(name, Type.CNAME);
        if (alias == null) {
          deny(zone, name);
          return;
        }
        add(alias, Section.ANSWER);
        name = ((CNAMERecord) alias.set().first()).getTarget();
      }
    }

    private void deny(Zone zone, Name name) {
      if (!zone.exists(name)) {
        response.getHeader().setRcode(Rcode.NXDOMAIN);
      }
      add(zone.startOfAuthority(), Section.AUTHORITY);
      if (wantsSignatures) {
        zone.denial(name).forEach(set -> add(set, Section.AUTHORITY));
      }
    }

    private void add(SignedSet set, int section) {
      set.records().forEach(record -> response.addRecord(record, section));
      var signature = wantsSignatures ? set.signature(now) : null;
      if (signature != null) {
        response.addRecord(signature, section);
      }
    }
  }
}
