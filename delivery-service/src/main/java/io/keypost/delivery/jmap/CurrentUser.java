package io.keypost.delivery.jmap;

import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/** Whose token came with the request. */
@RequestScoped
class CurrentUser {
  private @Nullable Address address;

  void set(Address proved) {
    this.address = proved;
  }

  /** The user's address. */
  Address address() {
    if (address == null) {
      throw RefusedException.of(RefusalCode.UNAUTHENTICATED, "no credential was shown");
    }
    return address;
  }
}
