package io.keypost.protocol.openpgp;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import java.time.Instant;
import java.util.List;

/**
 * What to seal a message for.
 *
 * @param messageId the sender's name for it, which its content must carry too
 * @param sender whose device signs
 * @param recipients 1 to 100, who all can see from the payload that the others may read it: seal
 *     for blind copies apart
 * @param created when; both signatures say so in whole seconds
 * @param expires at most 7 days later
 */
public record SealingRequest(
    MessageId messageId,
    DeviceKey sender,
    List<Recipient> recipients,
    Instant created,
    Instant expires) {
  /** Checks the number of recipients and brings the times to whole milliseconds. */
  public SealingRequest {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty() || recipients.size() > Head.MAX_ENVELOPES) {
      throw new IllegalArgumentException(
          "1 to " + Head.MAX_ENVELOPES + " recipients, not " + recipients.size());
    }
    created = Instant.ofEpochMilli(created.toEpochMilli());
    expires = Instant.ofEpochMilli(expires.toEpochMilli());
  }

  /**
   * One who is to read it.
   *
   * @param addressedAs what the sender wrote; the certificate's own address when no alias was used
   * @param certificate of the mailbox, after every alias was followed
   */
  public record Recipient(Address addressedAs, UserCertificate certificate) {}
}
