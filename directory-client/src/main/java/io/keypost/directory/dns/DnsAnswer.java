package io.keypost.directory.dns;

import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Record;

/**
 * The records of the type that was asked for, at the end of any chain of CNAMEs.
 *
 * @param records empty when the name or the type does not exist
 * @param security of the whole answer, the proof of absence included
 * @param timeToLive shortest life in the answer, between the bounds in {@link DnsSettings}
 */
record DnsAnswer(List<Record> records, DnsSecurity security, Duration timeToLive) {
  DnsAnswer {
    records = List.copyOf(records);
  }
}
