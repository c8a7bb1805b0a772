package io.keypost.keyserver.http;

import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/** Who makes a request, as far as it was proved. */
public sealed interface Caller {
  /** By what the caller's requests are counted. */
  String limitKey();

  /** How the audit log names the caller. */
  String actor();

  /**
   * Nobody in particular.
   *
   * @param network where the connection comes from: an IPv4 address, or the /64 of an IPv6 one, in
   *     hexadecimal
   */
  record Stranger(String network) implements Caller {
    private static final int IPV6_PREFIX_OCTETS = 8;

    /** A stranger who connects from there. */
    static Stranger at(SocketAddress remote) {
      byte[] address =
          Optional.ofNullable(remote)
              .map(SocketAddress::hostAddress)
              .map(NetUtil::createByteArrayFromIpAddressString)
              .orElse(new byte[0]);
      // One who has a /64 has as many addresses as he likes.
      int significant = Math.min(address.length, IPV6_PREFIX_OCTETS);
      return new Stranger(Bytes.copyOf(address, 0, significant).hex());
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

  /** A user of this provider, by an access token for the directory. */
  record User(Address address) implements Caller {
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
