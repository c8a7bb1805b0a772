package io.keypost.keyserver.http;

import io.keypost.directory.net.CallerNetwork;
import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.vertx.core.net.SocketAddress;

/** Who makes a request, as far as it was proved. */
public sealed interface Caller {
  /** By what the caller's requests are counted. */
  String limitKey();

  /** How the audit log names the caller. */
  String actor();

  /**
   * Nobody in particular.
   *
   * @param network where the connection comes from, as {@link CallerNetwork} names it
   */
  record Stranger(String network) implements Caller {
    /** A stranger who connects from there. */
    static Stranger at(SocketAddress remote) {
      return new Stranger(CallerNetwork.of(remote));
    }

    @Override
    public String limitKey() {
      return "network " + network;
    }

    @Override
    public String actor() {
      return "stranger:" + network;
    }
  }

  /** A server of an operator: its certificate was checked against the operator's pinned root. */
  record Operator(VerifiedPeer peer) implements Caller {
    @Override
    public String limitKey() {
      return "operator " + peer.operator();
    }

    @Override
    public String actor() {
      return "operator:" + peer.operator();
    }
  }

  /**
   * A server of this operator, by a certificate that was given here: whatever CA issued it, and
   * without any look-up.
   */
  record OwnServer(Digest certificate) implements Caller {
    @Override
    public String limitKey() {
      return "server " + certificate;
    }

    @Override
    public String actor() {
      return "server:" + certificate;
    }
  }

  /**
   * A user of this provider, by an access token.
   *
   * @param loginKey thumbprint of the login key that the token was given for
   */
  record User(Address address, Digest loginKey) implements Caller {
    @Override
    public String limitKey() {
      return "user " + address;
    }

    @Override
    public String actor() {
      return "user:" + address;
    }
  }
}
