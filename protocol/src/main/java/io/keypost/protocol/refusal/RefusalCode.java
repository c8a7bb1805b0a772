package io.keypost.protocol.refusal;

import static io.keypost.protocol.refusal.RefusalKind.NEEDS_CLIENT;
import static io.keypost.protocol.refusal.RefusalKind.PERMANENT;
import static io.keypost.protocol.refusal.RefusalKind.RETRY_AFTER;
import static io.keypost.protocol.refusal.RefusalScope.ANSWER;
import static io.keypost.protocol.refusal.RefusalScope.OUTCOME;
import static io.keypost.protocol.refusal.RefusalScope.READER;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every refusal code of protocol version 1, the one list (KP-REF-2). docs/protocol.md prints it as
 * a table and a test compares the two. A code never changes its meaning or its kind.
 */
public enum RefusalCode {
  // What was sent cannot be read, or breaks a bound.
  MALFORMED_FRAME(PERMANENT, ANSWER, "the frame ends early, or its length is not one"),
  MALFORMED_HEAD(PERMANENT, ANSWER, "the head is not strictly encoded, or empty"),
  MALFORMED_ENVELOPE(
      PERMANENT, ANSWER, "the envelope is not strictly encoded, or a field breaks its bounds"),
  MALFORMED_ADDRESS(PERMANENT, ANSWER, "not an address or a domain name"),
  MALFORMED_ENCODING(PERMANENT, ANSWER, "not base64url, hexadecimal or a digest in its one form"),
  MALFORMED_REQUEST(
      PERMANENT, ANSWER, "the request's body or headers are not as the resource takes them"),
  UNSUPPORTED_VERSION(PERMANENT, ANSWER, "a protocol version other than 1"),
  HEAD_TOO_LARGE(PERMANENT, ANSWER, "more than 256 KiB of head"),
  TOO_MANY_ENVELOPES(PERMANENT, ANSWER, "more than 100 envelopes over one payload"),
  ENVELOPES_DISAGREE(
      PERMANENT, ANSWER, "the envelopes of one head name different payloads, or one twice"),
  PAYLOAD_TOO_LARGE(PERMANENT, ANSWER, "the payload is larger than this provider takes"),
  PAYLOAD_MALFORMED(
      PERMANENT,
      ANSWER,
      "the payload is not v6 PKESK packets and then one SEIPDv2 packet with AES-256 and OCB"),
  DIGEST_MISMATCH(PERMANENT, ANSWER, "the payload's SHA-256 is not the one in the envelope"),
  SIZE_MISMATCH(PERMANENT, ANSWER, "the payload's size is not the one in the envelope"),
  // Who called has no right to.
  UNAUTHENTICATED(PERMANENT, ANSWER, "no credential was shown"),
  TOKEN_INVALID(
      PERMANENT, ANSWER, "the access token is not one of this provider's, or for another audience"),
  TOKEN_EXPIRED(PERMANENT, ANSWER, "the access token is past its life"),
  SENDER_NOT_TOKEN(PERMANENT, ANSWER, "the envelope's sender is not the token's subject"),
  FORBIDDEN(PERMANENT, ANSWER, "the caller has no right to this"),
  NOT_FOUND(PERMANENT, ANSWER, "there is no such thing, or not for this caller"),
  CONFLICT(PERMANENT, ANSWER, "it contradicts what stands"),
  CODE_INVALID(PERMANENT, ANSWER, "the one-time code is unknown, used or expired"),
  PROOF_INVALID(PERMANENT, ANSWER, "possession of the key was not proved"),
  ASSERTION_INVALID(
      PERMANENT,
      ANSWER,
      "the login assertion is malformed, not signed by the login key, expired or used before"),
  CERTIFICATE_MISSING(PERMANENT, ANSWER, "no client certificate was shown"),
  CERTIFICATE_MALFORMED(
      PERMANENT, ANSWER, "not an X.509 certificate or request as the protocol takes it"),
  CERTIFICATE_UNTRUSTED(
      PERMANENT,
      ANSWER,
      "the chain does not end at the pinned root, or a signature or constraint in it fails"),
  CERTIFICATE_EXPIRED(PERMANENT, ANSWER, "a certificate of the chain is past its life"),
  CERTIFICATE_NOT_YET_VALID(PERMANENT, ANSWER, "a certificate of the chain is not valid yet"),
  CERTIFICATE_WRONG_USE(PERMANENT, ANSWER, "the certificate is for another use"),
  CERTIFICATE_WRONG_NAME(
      PERMANENT, ANSWER, "the certificate is for another host, domain or operator"),
  CERTIFICATE_REVOKED(PERMANENT, ANSWER, "the certificate was revoked"),
  CERTIFICATE_UNLISTED(
      PERMANENT,
      ANSWER,
      "the certificate is not among those that its operator lists, or its CA not among those of the"
          + " root statement"),
  OPERATOR_NOT_NAMED(PERMANENT, ANSWER, "the domain does not name this operator"),
  // Signed records and receipts that somebody handed in.
  RECEIPT_INVALID(
      PERMANENT, ANSWER, "the receipt is malformed, or its signature or signer is not good"),
  CONSENT_MISSING(PERMANENT, ANSWER, "the target has not consented to the alias"),
  CONSENT_INVALID(
      PERMANENT,
      ANSWER,
      "the consent is malformed, for another pair of addresses, or not signed by the target"),
  // How an accepted envelope may end.
  SIGNATURE_MALFORMED(
      PERMANENT, OUTCOME, "not exactly one detached v6 signature packet as the protocol takes it"),
  SIGNATURE_INVALID(PERMANENT, OUTCOME, "the signature does not verify over context and envelope"),
  SENDER_UNKNOWN(PERMANENT, OUTCOME, "the sender's domain has no such address"),
  SENDER_KEY_UNKNOWN(PERMANENT, OUTCOME, "the sender's certificate has no such subkey"),
  SENDER_KEY_REVOKED(PERMANENT, OUTCOME, "the sender's subkey, certificate or address was revoked"),
  SENDER_KEY_EXPIRED(PERMANENT, OUTCOME, "the sender's subkey was past its life when it signed"),
  SENDER_KEY_NOT_SIGNING(PERMANENT, OUTCOME, "the sender's subkey is not for signing"),
  CREATED_IN_FUTURE(
      PERMANENT, OUTCOME, "the envelope was created more than 5 minutes ahead of this clock"),
  LIFE_TOO_LONG(
      PERMANENT, OUTCOME, "the envelope lives longer than 7 days, or ends before it begins"),
  RECIPIENT_UNKNOWN(PERMANENT, OUTCOME, "the recipient's domain has no such address"),
  RECIPIENT_REVOKED(PERMANENT, OUTCOME, "the recipient's address was revoked"),
  ALIAS_LOOP(PERMANENT, OUTCOME, "the alias leads in a circle, or further than 3 pointers"),
  NOT_HOSTED_HERE(PERMANENT, OUTCOME, "the recipient's mailbox is not at this operator"),
  ID_REUSED(
      PERMANENT, OUTCOME, "another envelope of the sender to this recipient used the message id"),
  POLICY(PERMANENT, OUTCOME, "blocked by a rule of the recipient or of the provider"),
  MOVED(NEEDS_CLIENT, OUTCOME, "the address points elsewhere now"),
  KEY_CHANGED(NEEDS_CLIENT, OUTCOME, "the recipient has another encryption subkey now"),
  // Nothing is wrong with what was sent: later.
  DNS_UNAVAILABLE(RETRY_AFTER, ANSWER, "DNS did not answer in time"),
  DNS_BOGUS(RETRY_AFTER, ANSWER, "DNSSEC validation failed"),
  PIN_MISSING(RETRY_AFTER, ANSWER, "the domain has no Keypost pin in DNS, or several"),
  PIN_MALFORMED(
      RETRY_AFTER, ANSWER, "the domain's pin is not a list of tags as the protocol takes it"),
  PIN_AHEAD(RETRY_AFTER, ANSWER, "the pin's gen is ahead of every root statement"),
  CONTINUITY_BROKEN(
      RETRY_AFTER, ANSWER, "the domain shows a root that the remembered one never announced"),
  FIRST_SIGHT_INSECURE(
      RETRY_AFTER, ANSWER, "the domain is seen for the first time, and its pin is not secured"),
  DIRECTORY_UNAVAILABLE(
      RETRY_AFTER, ANSWER, "no key server of the domain answered in time and in bounds"),
  TARGET_NOT_ALLOWED(
      RETRY_AFTER, ANSWER, "a name leads to a network, address or port that is not connected to"),
  RECORD_MALFORMED(
      RETRY_AFTER, ANSWER, "a record is not as the protocol takes it, or about something else"),
  RECORD_UNTRUSTED(
      RETRY_AFTER, ANSWER, "a record's signature or signer does not verify under the pinned root"),
  RECORD_ROLLED_BACK(RETRY_AFTER, ANSWER, "a record is older than one already verified"),
  RECORD_EQUIVOCATES(RETRY_AFTER, ANSWER, "a record contradicts another of the same gen and seq"),
  RECORD_EXPIRED(RETRY_AFTER, ANSWER, "a record is past its life and no newer one could be had"),
  CLOCK_WRONG(
      RETRY_AFTER, ANSWER, "two clocks differ by more than 5 minutes; the detail says whose"),
  NOT_OPERATOR(
      RETRY_AFTER, ANSWER, "this operator takes no new mail for the domain: resolve it anew"),
  CONSENT_SUSPENDED(
      RETRY_AFTER, ANSWER, "the target is suspended: what it consented to stands, and waits"),
  BUSY(RETRY_AFTER, ANSWER, "too much at once"),
  RATE_LIMITED(RETRY_AFTER, ANSWER, "too much from this caller"),
  STORE_UNAVAILABLE(RETRY_AFTER, ANSWER, "the store does not take or give data now"),
  BROKER_UNAVAILABLE(RETRY_AFTER, ANSWER, "the event bus does not take events now"),
  UNAVAILABLE(RETRY_AFTER, ANSWER, "not ready now"),
  // What the reader's or sender's own client finds.
  DECRYPTION_FAILED(
      PERMANENT, READER, "the payload does not decrypt with this key, or was altered"),
  MESSAGE_MALFORMED(
      PERMANENT,
      READER,
      "what was encrypted is not one padded, signed, uncompressed literal message"),
  INNER_SIGNATURE_INVALID(
      PERMANENT, READER, "the signature inside the encryption is missing or does not verify"),
  INTENDED_RECIPIENT_MISSING(
      PERMANENT,
      READER,
      "the signature inside does not name this reader: it was meant for somebody else"),
  IDENTITY_MISMATCH(PERMANENT, READER, "envelope and message disagree on sender, recipient or id"),
  RECIPIENT_KEY_UNUSABLE(
      PERMANENT, READER, "the recipient's certificate has no current encryption subkey"),
  KEY_CHANGE_UNSIGNED(
      PERMANENT, READER, "the address shows a key or pointer that its last key did not sign"),
  SECRET_KEY_UNUSABLE(
      PERMANENT, READER, "the secret key file is damaged or the passphrase is another"),
  USER_CERTIFICATE_INVALID(
      PERMANENT, ANSWER, "the OpenPGP certificate is not as the protocol takes it"),
  STATEMENT_INVALID(
      PERMANENT,
      ANSWER,
      "a key or pointer statement is malformed or not signed by the address's last primary key");

  private static final Map<String, RefusalCode> BY_WIRE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(RefusalCode::wire, Function.identity()));

  private final RefusalKind kind;
  private final RefusalScope scope;
  private final String text;

  RefusalCode(RefusalKind kind, RefusalScope scope, String text) {
    this.kind = kind;
    this.scope = scope;
    this.text = text;
  }

  /** The code as it stands in answers, receipts and problems: the constant's name in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What to do about it. */
  public RefusalKind kind() {
    return kind;
  }

  /** Where it may stand. */
  public RefusalScope scope() {
    return scope;
  }

  /** What it means, as docs/protocol.md prints it. */
  public String text() {
    return text;
  }

  /** Finds a code by its wire form; empty for one that this version does not know. */
  public static Optional<RefusalCode> byWire(String wire) {
    return Optional.ofNullable(BY_WIRE.get(wire));
  }
}
