package io.keypost.events;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The one table of topics. Names are without the provider's prefix ({@link TopicSettings#nameOf}).
 *
 * <p>Every topic is append-only with time-based deletion, stamped by the broker's clock
 * (LogAppendTime), so that a wrong clock at a producer can neither shorten nor prolong what is
 * kept. A consumer commits an offset only after the write of what it decided was acknowledged by
 * all in-sync replicas. Each topic is written by its owners only; deployments enforce it with ACLs.
 *
 * <p>The compacted topics {@code directory.changes} and {@code policy.rules} join this table
 * together with the stages that write them.
 */
public enum Topics {
  /**
   * Accepted envelopes with the place of their payload: how they came in, nothing checked but form
   * and caller.
   */
  MAIL_ACCEPTED("mail.accepted", Key.MESSAGE_ID, Width.MAIL, Kept.MAIL, Owner.INGRESS),
  /**
   * Envelopes whose signature, sender and digest hold, with the digests of the records that proved
   * it.
   */
  MAIL_VERIFIED("mail.verified", Key.RECIPIENT, Width.MAIL, Kept.MAIL, Owner.VERIFIER),
  /** Verified envelopes for a mailbox of this provider. */
  MAIL_ROUTED_MAILBOX("mail.routed.mailbox", Key.RECIPIENT, Width.MAIL, Kept.MAIL, Owner.ROUTER),
  /** Verified envelopes that another operator takes: the operator and its pool. */
  MAIL_ROUTED_TRANSFER("mail.routed.transfer", Key.MESSAGE_ID, Width.MAIL, Kept.MAIL, Owner.ROUTER),
  /**
   * Outcomes that a stage proposes, and receipts that the ingress checked; delivery's outcome table
   * disposes.
   */
  MAIL_PROPOSED("mail.proposed", Key.RECIPIENT, Width.MAIL, Kept.MAIL, Owner.SEVERAL),
  /** The one terminal outcome of an envelope. */
  MAIL_OUTCOME("mail.outcome", Key.SENDER, Width.MAIL, Kept.MAIL, Owner.DELIVERY),

  /** Accepted envelopes that wait 10 seconds. */
  MAIL_ACCEPTED_RETRY_10S(
      "mail.accepted.retry-10s", Key.AS_IT_WAS, Width.SIDE, Kept.MAIL, Owner.VERIFIER),
  /** Accepted envelopes that wait a minute. */
  MAIL_ACCEPTED_RETRY_1M(
      "mail.accepted.retry-1m", Key.AS_IT_WAS, Width.SIDE, Kept.MAIL, Owner.VERIFIER),
  /** Accepted envelopes that wait ten minutes. */
  MAIL_ACCEPTED_RETRY_10M(
      "mail.accepted.retry-10m", Key.AS_IT_WAS, Width.SIDE, Kept.MAIL, Owner.VERIFIER),
  /** Verified envelopes that wait 10 seconds. */
  MAIL_VERIFIED_RETRY_10S(
      "mail.verified.retry-10s", Key.AS_IT_WAS, Width.SIDE, Kept.MAIL, Owner.ROUTER),
  /** Verified envelopes that wait a minute. */
  MAIL_VERIFIED_RETRY_1M(
      "mail.verified.retry-1m", Key.AS_IT_WAS, Width.SIDE, Kept.MAIL, Owner.ROUTER),
  /** Verified envelopes that wait ten minutes. */
  MAIL_VERIFIED_RETRY_10M(
      "mail.verified.retry-10m", Key.AS_IT_WAS, Width.SIDE, Kept.MAIL, Owner.ROUTER),

  /**
   * What could not be decoded or failed past its tries, exactly as it came, with stage and error;
   * replayable.
   */
  MAIL_DEAD_LETTER("mail.dead-letter", Key.AS_IT_WAS, Width.SIDE, Kept.DEAD_LETTER, Owner.SEVERAL);

  /** Longest life of an envelope (KP-ENV, "expires at most 7 days after created"). */
  static final Duration MAX_ENVELOPE_LIFE = Duration.ofDays(7);

  /**
   * What a topic is kept beyond the longest life, so that an outage of a weekend loses no event
   * that still matters.
   */
  static final Duration RETENTION_MARGIN = Duration.ofDays(2);

  private static final Map<String, Topics> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(Topics::baseName, Function.identity()));

  static {
    for (Topics topic : values()) {
      if (topic.retention.compareTo(MAX_ENVELOPE_LIFE.plus(RETENTION_MARGIN)) <= 0) {
        throw new IllegalStateException(
            topic.baseName
                + " is kept "
                + topic.retention
                + ", which must be longer than an envelope's life of "
                + MAX_ENVELOPE_LIFE
                + " and "
                + RETENTION_MARGIN);
      }
    }
  }

  private final String baseName;
  private final Key key;
  private final Width width;
  private final Duration retention;
  private final Owner owner;

  Topics(String baseName, Key key, Width width, Duration retention, Owner owner) {
    this.baseName = baseName;
    this.key = key;
    this.width = width;
    this.retention = retention;
    this.owner = owner;
  }

  /** The name without a provider's prefix. */
  public String baseName() {
    return baseName;
  }

  /** What records are keyed by. */
  public Key key() {
    return key;
  }

  /** How many partitions, relative to the provider's setting. */
  public Width width() {
    return width;
  }

  /** How long a record is kept. */
  public Duration retention() {
    return retention;
  }

  /** The one stage that writes it, or {@link Owner#SEVERAL}. */
  public Owner owner() {
    return owner;
  }

  /** The topic with this name (without prefix). */
  public static Optional<Topics> byBaseName(String baseName) {
    return Optional.ofNullable(BY_NAME.get(baseName));
  }

  /** What a record is keyed by; {@code EventKey} makes the octets. */
  public enum Key {
    /** 16 octets: spreads evenly, and a repeated envelope meets its first copy. */
    MESSAGE_ID,
    /** Canonical address of the recipient in UTF-8: what is for one mailbox stays in order. */
    RECIPIENT,
    /** Canonical address of the sender in UTF-8: what one user sees stays in order. */
    SENDER,
    /** The key of the record that could not be handled. */
    AS_IT_WAS
  }

  /** Partitions relative to {@link TopicSettings#mailPartitions()}. */
  public enum Width {
    /** As many as set: the number of consumers that can work side by side. */
    MAIL,
    /** A third, at least one: seldom used. */
    SIDE
  }

  /** In a class of its own, since an enum's constants are made before its other static fields. */
  private static final class Kept {
    static final Duration MAIL = Duration.ofDays(10);
    static final Duration DEAD_LETTER = Duration.ofDays(30);
  }

  /** Who writes a topic. */
  public enum Owner {
    /** The front door. */
    INGRESS,
    /** The verifier. */
    VERIFIER,
    /** The router. */
    ROUTER,
    /** Delivery, from its outbox. */
    DELIVERY,
    /** Each stage for what it handles itself. */
    SEVERAL
  }
}
