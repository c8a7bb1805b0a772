package io.keypost.delivery.custody;

import java.util.Optional;

/** How an envelope ends: exactly one of these, once it stands in the outcome table. */
public sealed interface TerminalOutcome {

  /** It lies in the recipient's mailbox. */
  record Delivered() implements TerminalOutcome {}

  /**
   * It will never be delivered.
   *
   * @param code refusal code in its wire form: a receipt may name one that this version does not
   *     know
   */
  record Refused(String code) implements TerminalOutcome {}

  /** Its life ended while whoever decides still held it. */
  record Expired() implements TerminalOutcome {}

  /**
   * The sender's client must seal it anew.
   *
   * @param code as in {@link Refused}
   */
  record NeedsClient(String code) implements TerminalOutcome {}

  /**
   * A week after its life ended no receipt had come from the operator that may hold it. Nobody
   * signs this; it is the one outcome that a later verified receipt replaces.
   */
  record Unconfirmed() implements TerminalOutcome {}

  /** Code of {@link Unconfirmed}. */
  String UNCONFIRMED = "unconfirmed";

  /** The outcome's word in tables, events and the sender's list. */
  default String word() {
    return switch (this) {
      case Delivered _ -> "delivered";
      case Refused _ -> "refused";
      case Expired _, Unconfirmed _ -> "expired";
      case NeedsClient _ -> "needs_client";
    };
  }

  /** The code beside the word, where it has one. */
  default Optional<String> codeText() {
    return switch (this) {
      case Delivered _, Expired _ -> Optional.empty();
      case Refused(String code) -> Optional.of(code);
      case NeedsClient(String code) -> Optional.of(code);
      case Unconfirmed _ -> Optional.of(UNCONFIRMED);
    };
  }

  /**
   * The outcome of this word and code, as the table holds them.
   *
   * @throws IllegalArgumentException when they are not one
   */
  static TerminalOutcome of(String word, Optional<String> code) {
    return switch (word) {
      case "delivered" -> new Delivered();
      case "refused" -> new Refused(refusalCode(word, code));
      case "needs_client" -> new NeedsClient(refusalCode(word, code));
      case "expired" ->
          code.filter(UNCONFIRMED::equals).isPresent() ? new Unconfirmed() : new Expired();
      default -> throw new IllegalArgumentException("no outcome is called " + word);
    };
  }

  private static String refusalCode(String word, Optional<String> code) {
    return code.orElseThrow(() -> new IllegalArgumentException(word + " without a code"));
  }
}
