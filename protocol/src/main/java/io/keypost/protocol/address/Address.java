package io.keypost.protocol.address;

import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;

/**
 * The address of a mailbox or an alias in its one canonical form (KP-ADR-1). Two addresses are the
 * same when they are equal.
 *
 * @param local canonical local part: UsernameCaseMapped (RFC 8265) in the shape of a dot-atom, NFC,
 *     1 to 64 octets of UTF-8
 * @param domain canonical domain
 */
public record Address(String local, MailDomain domain) implements Comparable<Address> {
  /** Longest text that is looked at at all, in UTF-16 units. */
  private static final int MAX_INPUT_CHARACTERS = 1024;

  /** Longest canonical form, in octets of UTF-8. */
  public static final int MAX_OCTETS = LocalPart.MAX_OCTETS + 1 + MailDomain.MAX_OCTETS;

  /**
   * Takes parts that are canonical already.
   *
   * @throws RefusedException {@code malformed_address} when the local part is not
   */
  public Address {
    if (local.length() > LocalPart.MAX_OCTETS || !LocalPart.canonical(local).equals(local)) {
      throw refused("not in canonical form");
    }
  }

  /**
   * Reads {@code local@domain} as people write it and brings it into canonical form.
   *
   * @throws RefusedException {@code malformed_address} when it is no address
   */
  public static Address parse(String text) {
    int at = separator(text);
    String local = LocalPart.canonical(text.substring(0, at));
    return new Address(local, MailDomain.parse(text.substring(at + 1)));
  }

  /**
   * Reads an address that must be in canonical form already, as on the wire.
   *
   * @throws RefusedException {@code malformed_address} when it is not
   */
  public static Address parseCanonical(String text) {
    int at = separator(text);
    return new Address(text.substring(0, at), MailDomain.parseCanonical(text.substring(at + 1)));
  }

  /**
   * The address without the tag of a sub-address: {@code user+tag@d} is {@code user@d} unless the
   * directory has an entry of its own (KP-ADR-4). An address without a tag is returned as it is.
   */
  public Address withoutTag() {
    int tag = local.indexOf(LocalPart.TAG_SEPARATOR);
    return tag > 0 ? new Address(local.substring(0, tag), domain) : this;
  }

  /** The address as people read it, with the domain in Unicode. Never compare or sign this form. */
  public String unicode() {
    return local + '@' + domain.unicode();
  }

  /**
   * The address as a reader is shown it: in Unicode, and where that is not the canonical form, with
   * the canonical form beside it, which an address that only looks like another does not share
   * (KP-ADR-5).
   */
  public String shown() {
    return domain.isAscii() ? toString() : unicode() + " (" + this + ")";
  }

  /** By domain, then by local part. */
  @Override
  public int compareTo(Address other) {
    int byDomain = domain.compareTo(other.domain);
    return byDomain != 0 ? byDomain : local.compareTo(other.local);
  }

  /** The canonical form, which is what is signed and compared. */
  @Override
  public String toString() {
    return local + '@' + domain.value();
  }

  private static int separator(String text) {
    if (text.length() > MAX_INPUT_CHARACTERS) {
      throw refused("too long");
    }
    int at = text.indexOf('@');
    if (at < 0 || at != text.lastIndexOf('@')) {
      throw refused("not exactly one @");
    }
    return at;
  }

  private static RefusedException refused(String why) {
    // The text itself is hostile input and is not repeated.
    return RefusedException.of(RefusalCode.MALFORMED_ADDRESS, "address: " + why);
  }
}
