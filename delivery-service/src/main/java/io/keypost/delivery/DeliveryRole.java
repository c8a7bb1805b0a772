package io.keypost.delivery;

import java.util.List;
import java.util.Locale;

/** Parts of delivery that may run together or as deployments of their own. */
public enum DeliveryRole {
  /** Makes proposals and receipts final, ends what was lost, publishes outcomes, posts receipts. */
  OUTCOME("mail-proposed", "mail-accepted", "mail-dead-letter"),
  /** Brings mail into mailboxes. */
  MAILBOX("mail-routed-mailbox"),
  /** Hands mail over to other operators. */
  TRANSFER("mail-routed-transfer"),
  /** Answers users' clients; the only one with a public port. */
  JMAP();

  private final List<String> channels;

  DeliveryRole(String... channels) {
    this.channels = List.of(channels);
  }

  /** Channels that the role reads. */
  public List<String> channels() {
    return channels;
  }

  /**
   * The role of that word in {@code keypost.delivery.roles}.
   *
   * @throws IllegalArgumentException that names the words there are
   */
  public static DeliveryRole parse(String word) {
    for (DeliveryRole role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "keypost.delivery.roles: "
            + word
            + " is none of "
            + List.of(values()).stream().map(DeliveryRole::word).toList());
  }

  /** Its word in configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
