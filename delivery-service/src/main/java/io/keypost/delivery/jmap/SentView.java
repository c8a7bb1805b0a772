package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.custody.MailFacts;
import io.keypost.delivery.custody.Sent;
import io.keypost.delivery.custody.TerminalOutcome;
import java.time.Instant;

/** A line of the list of sent mail as JSON. */
final class SentView {
  private SentView() {}

  static ObjectNode of(Sent sent, Instant now) {
    MailFacts mail = sent.submission().mail();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("message_id", mail.messageId().base64Url());
    json.put("recipient", mail.key().recipient().toString());
    json.put("addressed_as", sent.submission().addressedAs().toString());
    json.put("envelope_digest", mail.key().envelopeDigest().base64Url());
    json.put("created", EmailView.utc(sent.submission().created()));
    json.put("accepted_at", EmailView.utc(sent.submission().acceptedAt()));
    json.put("expires", EmailView.utc(mail.expires()));
    sent.end()
        .ifPresentOrElse(
            end -> put(json, end),
            () -> json.put("state", now.isBefore(mail.expires()) ? "in_flight" : "unconfirmed"));
    return json;
  }

  private static void put(ObjectNode json, Sent.End end) {
    // Nobody knows for certain, and a receipt may still say otherwise.
    boolean unconfirmed = end.outcome() instanceof TerminalOutcome.Unconfirmed;
    json.put("state", end.outcome().word());
    end.outcome().codeText().ifPresent(code -> json.put("code", code));
    end.detail().ifPresent(detail -> json.put("detail", detail));
    end.record().ifPresent(record -> json.put("record", record));
    json.put("decided_at", EmailView.utc(end.decidedAt()));
    if (!unconfirmed) {
      end.receipt().ifPresent(receipt -> json.put("receipt", receipt));
      end.chain()
          .ifPresent(
              chain -> {
                ArrayNode certificates = json.putArray("chain");
                chain.certificates().forEach(der -> certificates.add(der.base64()));
              });
    }
    end.checkedAt().ifPresent(at -> json.put("checked_at", EmailView.utc(at)));
  }
}
