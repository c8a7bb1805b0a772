package io.keypost.client;

import io.keypost.client.mime.ForeignHeaders;
import io.keypost.client.mime.MessageWrapper;
import io.keypost.client.provider.Waiting;
import io.keypost.client.trust.Continuity;
import io.keypost.directory.AddressView;
import io.keypost.directory.Directory;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.LookAlikes;
import io.keypost.protocol.message.Envelope;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.MessageOpener;
import io.keypost.protocol.openpgp.OpenedMessage;
import io.keypost.protocol.openpgp.Spool;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a sealed message as KP-RDR-1 to KP-RDR-8 say; believes no server. */
final class Reader {
  /** Largest message in octets, held in memory until it is verified. */
  static final int MAX_MESSAGE_OCTETS = 256 << 20;

  private final Directory directory;
  private final Correspondents correspondents;
  private final DeviceKey reader;

  Reader(Directory directory, Correspondents correspondents, DeviceKey reader) {
    this.directory = directory;
    this.correspondents = correspondents;
    this.reader = reader;
  }

  ReadMessage read(FetchedMessage message, Instant now) {
    Envelope envelope = message.signed().envelope();
    AddressView sender = Waiting.onRepeatable(() -> directory.address(envelope.sender()));
    UserCertificate certificate = Correspondents.senderMailbox(sender);
    requireNotRevoked(sender, envelope.senderKey());
    OpenedMessage<Bytes> opened = open(message, certificate, now);
    MessageWrapper.Unwrapped unwrapped = MessageWrapper.unwrap(opened.content(), envelope);
    List<String> warnings = new ArrayList<>(lookAlikes(envelope.sender()));
    String key = keyInWords(correspondents.sender(sender), envelope.sender(), warnings);
    otherFrom(unwrapped, envelope.sender(), warnings);
    return new ReadMessage(
        envelope,
        opened.outer(),
        opened.inner(),
        unwrapped.message(),
        List.of(
            "the envelope is signed by "
                + envelope.sender().shown()
                + ", key "
                + opened.outer().key().hex(),
            "the message inside the encryption is signed by the same key, at "
                + opened.inner().signedAt(),
            "the sender meant " + envelope.recipient().shown() + " to read it",
            "digest, size and every tag of the ciphertext are good",
            "sender and message id are the same inside and outside",
            key),
        warnings);
  }

  /** What such a key signed counts for nothing, whenever it signed (KP-REC-20). */
  private static void requireNotRevoked(AddressView sender, Bytes key) {
    if (sender.revokes(key)) {
      Address address = sender.record().address();
      throw RefusedException.of(
          RefusalCode.SENDER_KEY_REVOKED,
          address.domain() + " has revoked the key by which " + address + " signed");
    }
  }

  private OpenedMessage<Bytes> open(FetchedMessage message, UserCertificate sender, Instant now) {
    try (InputStream payload = new BufferedInputStream(Files.newInputStream(message.payload()))) {
      return new MessageOpener(reader)
          .open(payload, message.signed(), sender, now, Spool.inMemory(MAX_MESSAGE_OCTETS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String keyInWords(Continuity continuity, Address sender, List<String> warnings) {
    return switch (continuity) {
      case Continuity.FirstSight first ->
          "first message seen from " + sender.shown() + ": its key is remembered";
      case Continuity.Unchanged same ->
          "the key of " + sender.shown() + " is the one that is remembered";
      case Continuity.ChangedBySignature changed ->
          "the key of "
              + sender.shown()
              + " has changed, signed by the one before: "
              + changed.what();
      case Continuity.ChangedUnsigned changed -> {
        warnings.add(
            "the key of "
                + sender.shown()
                + " is another than before, and the one before did not sign that: "
                + changed.what()
                + ". This may not be who wrote to you before.");
        yield "the key is the one that " + sender.domain().shown() + " publishes";
      }
    };
  }

  private static List<String> lookAlikes(Address sender) {
    Set<LookAlikes.Warning> found = LookAlikes.warnings(sender);
    return found.isEmpty()
        ? List.of()
        : List.of("the sender's address may look like another: " + found);
  }

  /**
   * The foreign message's own From is whatever its author wrote: only a difference is worth a word.
   */
  private static void otherFrom(
      MessageWrapper.Unwrapped unwrapped, Address sender, List<String> warnings) {
    if (unwrapped.form() == MessageWrapper.Form.NATIVE) {
      return;
    }
    try (InputStream message = unwrapped.message().asInputStream()) {
      Set<Address> from = ForeignHeaders.read(message).addresses("From");
      if (!from.equals(Set.of(sender))) {
        warnings.add(
            "the message that travelled inside says From "
                + from.stream().map(Address::shown).toList()
                + "; it was sent by "
                + sender.shown());
      }
    } catch (RefusedException e) {
      warnings.add("the message that travelled inside has no header that can be read");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
