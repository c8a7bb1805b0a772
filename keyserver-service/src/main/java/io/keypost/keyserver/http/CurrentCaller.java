package io.keypost.keyserver.http;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/** Who makes the current request; set by {@link CallerFilter} before the method runs. */
@RequestScoped
class CurrentCaller {
  private @Nullable Caller caller;

  void set(Caller found) {
    caller = found;
  }

  /** The caller. */
  Caller get() {
    if (caller == null) {
      throw new IllegalStateException("a method ran before its caller was checked");
    }
    return caller;
  }

  /** The certificate of a caller who can only be a server of this operator. */
  Digest server() {
    if (get() instanceof Caller.OwnServer server) {
      return server.certificate();
    }
    throw new IllegalStateException("the method is not for this operator's servers only");
  }

  /** The address of a caller who can only be a user. */
  Address user() {
    return asUser().address();
  }

  /** Thumbprint of the login key of a caller who can only be a user. */
  Digest loginKey() {
    return asUser().loginKey();
  }

  private Caller.User asUser() {
    if (get() instanceof Caller.User user) {
      return user;
    }
    throw new IllegalStateException("the method is not for users only");
  }
}
