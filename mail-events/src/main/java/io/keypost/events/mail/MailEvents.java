package io.keypost.events.mail;

import io.keypost.events.Topics;
import io.keypost.events.stage.EventCodec;
import io.keypost.protocol.Bytes;

/** The codec of each topic that holds events about mail. */
public final class MailEvents {

  /** {@code mail.accepted}. */
  public static final EventCodec<AcceptedMail> ACCEPTED =
      new ProtobufCodec<>(
          Topics.MAIL_ACCEPTED,
          io.keypost.events.wire.AcceptedMail.parser(),
          MailEncoder::accepted,
          MailDecoder::accepted,
          event -> event.mail().envelope().envelope().messageId().octets());

  /** {@code mail.verified}. */
  public static final EventCodec<VerifiedMail> VERIFIED =
      new ProtobufCodec<>(
          Topics.MAIL_VERIFIED,
          io.keypost.events.wire.VerifiedMail.parser(),
          MailEncoder::verified,
          MailDecoder::verified,
          event -> Bytes.utf8(event.mail().envelope().envelope().recipient().toString()));

  /** {@code mail.routed.mailbox}. */
  public static final EventCodec<RoutedMailbox> ROUTED_MAILBOX =
      new ProtobufCodec<>(
          Topics.MAIL_ROUTED_MAILBOX,
          io.keypost.events.wire.RoutedMailbox.parser(),
          MailEncoder::routedMailbox,
          MailDecoder::routedMailbox,
          event -> Bytes.utf8(event.mail().envelope().envelope().recipient().toString()));

  /** {@code mail.routed.transfer}. */
  public static final EventCodec<RoutedTransfer> ROUTED_TRANSFER =
      new ProtobufCodec<>(
          Topics.MAIL_ROUTED_TRANSFER,
          io.keypost.events.wire.RoutedTransfer.parser(),
          MailEncoder::routedTransfer,
          MailDecoder::routedTransfer,
          event -> event.mail().envelope().envelope().messageId().octets());

  /** {@code mail.proposed}. */
  public static final EventCodec<ProposedOutcome> PROPOSED =
      new ProtobufCodec<>(
          Topics.MAIL_PROPOSED,
          io.keypost.events.wire.ProposedOutcome.parser(),
          OutcomeEncoder::proposed,
          OutcomeDecoder::proposed,
          event -> Bytes.utf8(event.recipient().toString()));

  /** {@code mail.outcome}. */
  public static final EventCodec<OutcomeEvent> OUTCOME =
      new ProtobufCodec<>(
          Topics.MAIL_OUTCOME,
          io.keypost.events.wire.OutcomeEvent.parser(),
          OutcomeEncoder::outcome,
          OutcomeDecoder::outcome,
          event -> Bytes.utf8(event.sender().toString()));

  private MailEvents() {}
}
