package io.keypost.directory.net;

import io.keypost.protocol.pin.KeyServerName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses and ports this provider connects to when somebody else's DNS or records name them
 * (T12). Unless configured otherwise: addresses of the public Internet, port 443.
 */
public final class AllowedTargets {
  /** IANA's special-purpose registry (RFC 6890), multicast and what is reserved. */
  private static final List<Network> NOT_PUBLIC_IPV4 =
      networks(
          "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24"
              + " 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24"
              + " 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4");

  /** The only range in which global unicast addresses are given out. */
  private static final Network GLOBAL_IPV6 = Network.parse("2000::/3");

  /**
   * Inside of it: protocol assignments and Teredo, documentation, and 6to4, which leads into IPv4.
   */
  private static final List<Network> NOT_PUBLIC_IPV6 =
      networks("2001::/23 2001:db8::/32 2002::/16 3fff::/20");

  private static final byte[] IPV4_MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private record Ports(int first, int last) {}

  private final Optional<List<Network>> networks;
  private final List<Ports> ports;

  private AllowedTargets(Optional<List<Network>> networks, List<Ports> ports) {
    this.networks = networks;
    this.ports = List.copyOf(ports);
  }

  /** Public addresses and port 443. */
  public static AllowedTargets publicOnly() {
    return new AllowedTargets(
        Optional.empty(),
        List.of(new Ports(KeyServerName.DEFAULT_PORT, KeyServerName.DEFAULT_PORT)));
  }

  /**
   * Reads the configured form.
   *
   * @param networks networks separated by commas, as {@code 127.0.0.0/8,10.1.0.0/16}; absent for
   *     all public addresses
   * @param ports ports and ranges separated by commas, as {@code 443,8000-8100}; absent for 443
   * @throws IllegalArgumentException when it is not that
   */
  public static AllowedTargets parse(Optional<String> networks, Optional<String> ports) {
    AllowedTargets usual = publicOnly();
    return new AllowedTargets(
        networks.map(text -> networks(text.replace(',', ' '))),
        ports.map(AllowedTargets::ports).orElse(usual.ports));
  }

  /** Whether {@code address} and {@code port} may be connected to. */
  public boolean permits(InetAddress address, int port) {
    InetAddress plain = withoutMapping(address);
    return ports.stream().anyMatch(range -> range.first <= port && port <= range.last)
        && networks
            .map(listed -> listed.stream().anyMatch(network -> network.contains(plain)))
            .orElseGet(() -> isPublic(plain));
  }

  private static boolean isPublic(InetAddress address) {
    return address.getAddress().length == 4
        ? NOT_PUBLIC_IPV4.stream().noneMatch(network -> network.contains(address))
        : GLOBAL_IPV6.contains(address)
            && NOT_PUBLIC_IPV6.stream().noneMatch(network -> network.contains(address));
  }

  /** {@code ::ffff:127.0.0.1} is 127.0.0.1, whatever class holds it. */
  private static InetAddress withoutMapping(InetAddress address) {
    byte[] octets = address.getAddress();
    if (octets.length == 16 && Arrays.equals(octets, 0, 12, IPV4_MAPPED, 0, 12)) {
      try {
        return InetAddress.getByAddress(Arrays.copyOfRange(octets, 12, 16));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("four octets are an address", e);
      }
    }
    return address;
  }

  private static List<Network> networks(String text) {
    return Arrays.stream(text.strip().split("\\s+")).map(Network::parse).toList();
  }

  private static List<Ports> ports(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).map(AllowedTargets::range).toList();
  }

  private static Ports range(String text) {
    String[] ends = text.split("-", 2);
    try {
      int first = Integer.parseInt(ends[0].strip());
      int last = ends.length == 1 ? first : Integer.parseInt(ends[1].strip());
      if (first >= 1 && first <= last && last <= 65_535) {
        return new Ports(first, last);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a port or a range of ports: " + text, e);
    }
    throw new IllegalArgumentException("not a port or a range of ports: " + text);
  }
}
