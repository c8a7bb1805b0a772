package io.keypost.stack.dns;

import java.util.List;
import java.util.stream.Stream;

/**
 * What can be changed in a running DNS server, from within its process ({@link SignedZones}) or
 * through the control channel of another. A change is seen by the next question.
 */
public interface DnsZones {

  /**
   * Makes an empty zone and whatever zones it needs above it; a zone of that name that is already
   * there keeps its records and takes the new security.
   *
   * @param domain the zone's name, with or without a trailing dot
   * @throws IllegalArgumentException if it is not a domain name, or is the root or a top-level
   *     domain
   */
  void zone(String domain, ZoneSecurity security);

  /**
   * Puts records, each in master file form with an absolute name ({@code mx.alpha.test. 30 IN A
   * 127.0.0.1}). Every record set (name and type) that occurs replaces the one that was there.
   *
   * @throws IllegalArgumentException if a line is not a record, is a wildcard, or belongs to no
   *     zone made before
   */
  void put(List<String> records);

  /**
   * Takes a record set away; does nothing if there is none.
   *
   * @param name absolute name, with or without a trailing dot
   * @param type the record type's mnemonic, such as {@code TXT}
   */
  void remove(String name, String type);

  /** As {@link #put(List)}. */
  default void put(String... records) {
    put(Stream.of(records).toList());
  }
}
