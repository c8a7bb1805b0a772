package io.keypost.directory.net;

import io.keypost.protocol.Bytes;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** By what callers are told apart as long as they have not proved who they are. */
public final class CallerNetwork {
  private static final int IPV6_PREFIX_OCTETS = 8;

  private CallerNetwork() {}

  /**
   * Where a connection comes from: the IPv4 address, or the /64 of the IPv6 one, in hexadecimal;
   * empty when it is neither.
   */
  public static String of(@Nullable SocketAddress remote) {
    byte[] address =
        Optional.ofNullable(remote)
            .map(SocketAddress::hostAddress)
            .map(NetUtil::createByteArrayFromIpAddressString)
            .orElse(new byte[0]);
    // One who has a /64 has as many addresses as he likes.
    int significant = Math.min(address.length, IPV6_PREFIX_OCTETS);
    return Bytes.copyOf(address, 0, significant).hex();
  }
}
