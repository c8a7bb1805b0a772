package io.keypost.directory.keyserver;

import io.keypost.protocol.refusal.RefusedException;

/** What a key server said of one address, not verified yet. */
sealed interface AddressAnswer {
  /** A {@code kp-address} JWS. */
  record Found(String record) implements AddressAnswer {}

  /** No record. */
  record Problem(RefusedException refusal) implements AddressAnswer {}
}
