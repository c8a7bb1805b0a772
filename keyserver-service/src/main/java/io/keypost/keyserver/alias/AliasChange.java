package io.keypost.keyserver.alias;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.KeyHistory;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether an address may point at a target from now on. One that has a key of its own may only with
 * a statement by that key (T45): no operator turns a person's mailbox into a pointer.
 *
 * @param alias the address
 * @param target where it shall point
 * @param statement the address's own statement, where it has a key
 */
public record AliasChange(Address alias, Address target, Optional<KeyStatement> statement) {
  /** An address does not point at itself. */
  public AliasChange {
    if (alias.equals(target)) {
      throw RefusedException.of(RefusalCode.ALIAS_LOOP, alias + " would point at itself");
    }
  }

  /**
   * Decides.
   *
   * @param history what the address has said so far, oldest first; empty when it has no key
   * @return all statements of the address from now on
   * @throws RefusedException {@code statement_invalid} when the address has a key that did not sign
   *     this
   */
  public List<KeyStatement> statements(List<KeyStatement> history) {
    if (history.isEmpty()) {
      return List.of();
    }
    List<KeyStatement> all = new ArrayList<>(history);
    KeyStatement pointer =
        statement.orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.STATEMENT_INVALID,
                    alias + " has a key of its own, which must sign that it points elsewhere"));
    all.add(pointer);
    KeyHistory.verify(alias, all);
    if (!pointer.says().equals(new KeyStatement.Says.Pointer(target))) {
      throw RefusedException.of(
          RefusalCode.STATEMENT_INVALID, "the statement does not point at " + target);
    }
    return List.copyOf(all);
  }
}
