package io.keypost.stack.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Serves {@link SignedZones} by UDP and TCP on one port (RFC 1035, 7766). */
public final class DnsServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);

  /** Connections at once; more wait in the kernel's queue. */
  private static final int MAX_CONNECTIONS = 64;

  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_MESSAGE_OCTETS = 65_535;
  private static final int HEADER_OCTETS = 12;
  private static final int PORT_TRIES = 20;
  private static final int UDP_WITHOUT_EDNS_OCTETS = 512;

  /** Answers in place of the server: for tests of what a resolver does with lies. */
  @FunctionalInterface
  public interface Tampering {
    /**
     * What is answered.
     *
     * @param honest the answer that the zones give; may be changed
     */
    Message answer(Message query, Message honest) throws IOException;
  }

  private final AtomicReference<Tampering> tampering =
      new AtomicReference<>((query, honest) -> honest);
  private final SignedZones zones;
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  private DnsServer(SignedZones zones, DatagramSocket udp, ServerSocket tcp) {
    this.zones = zones;
    this.udp = udp;
    this.tcp = tcp;
  }

  /**
   * Starts to serve.
   *
   * @param port 0 chooses one that is free for UDP and TCP alike
   * @throws IOException if the port is taken
   */
  public static DnsServer start(SignedZones zones, InetAddress address, int port)
      throws IOException {
    for (int tries = 1; ; tries++) {
      var tcp = new ServerSocket(port, MAX_CONNECTIONS, address);
      try {
        var udp = new DatagramSocket(tcp.getLocalPort(), address);
        var server = new DnsServer(zones, udp, tcp);
        Thread.ofPlatform().daemon().name("dns-udp").start(server::serveDatagrams);
        Thread.ofPlatform().daemon().name("dns-tcp").start(server::acceptConnections);
        return server;
      } catch (IOException e) {
        tcp.close();
        if (port != 0 || tries == PORT_TRIES) {
          throw e;
        }
      }
    }
  }

  /** Where it listens, for UDP and TCP. */
  public InetSocketAddress address() {
    return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
  }

  /** From now on answers what {@code how} makes of the honest answers. */
  public void tamper(Tampering how) {
    tampering.set(how);
  }

  private void serveDatagrams() {
    var buffer = new byte[MAX_MESSAGE_OCTETS];
    while (!udp.isClosed()) {
      var packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        var query = Arrays.copyOf(packet.getData(), packet.getLength());
        var wire = respond(query, Transport.UDP);
        if (wire != null) {
          udp.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        if (!udp.isClosed()) {
          LOG.warn("DNS by UDP: {}", e.toString());
        }
      }
    }
  }

  private void acceptConnections() {
    while (!tcp.isClosed()) {
      try {
        free.acquireUninterruptibly();
        var connection = tcp.accept();
        connections.add(connection);
        Thread.ofVirtual().name("dns-connection").start(() -> serve(connection));
      } catch (IOException e) {
        free.release();
        if (!tcp.isClosed()) {
          LOG.warn("DNS by TCP: {}", e.toString());
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setSoTimeout((int) IDLE_TIMEOUT.toMillis());
      var in = new DataInputStream(connection.getInputStream());
      var out = new DataOutputStream(connection.getOutputStream());
      while (true) {
        var query = in.readNBytes(in.readUnsignedShort());
        var wire = respond(query, Transport.TCP);
        if (wire == null) {
          return;
        }
        var framed = new byte[wire.length + 2];
        framed[0] = (byte) (wire.length >>> 8);
        framed[1] = (byte) wire.length;
        System.arraycopy(wire, 0, framed, 2, wire.length);
        out.write(framed);
        out.flush();
      }
    } catch (EOFException e) {
      LOG.trace("the peer is done");
    } catch (IOException e) {
      LOG.debug("DNS connection: {}", e.toString());
    } finally {
      connections.remove(connection);
      free.release();
    }
  }

  private enum Transport {
    UDP,
    TCP
  }

  /** Null when the query is not even a header: nothing can be said to whoever sent that. */
  private byte @Nullable [] respond(byte[] wire, Transport transport) {
    if (wire.length < HEADER_OCTETS) {
      return null;
    }
    try {
      var query = new Message(wire);
      var response = tampering.get().answer(query, Answers.answer(zones, query));
      return response.toWire(
          switch (transport) {
            case TCP -> MAX_MESSAGE_OCTETS;
            case UDP ->
                query.getOPT() == null
                    ? UDP_WITHOUT_EDNS_OCTETS
                    : Math.clamp(
                        query.getOPT().getPayloadSize(),
                        UDP_WITHOUT_EDNS_OCTETS,
                        Answers.MAX_UDP_OCTETS);
          });
    } catch (IOException | RuntimeException e) {
      LOG.debug("DNS question that cannot be answered: {}", e.toString());
      return formatError(wire);
    }
  }

  private static byte[] formatError(byte[] wire) {
    var header = new Header(((wire[0] & 0xff) << 8) | (wire[1] & 0xff));
    header.setFlag(Flags.QR);
    header.setRcode(Rcode.FORMERR);
    return header.toWire();
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
      for (var connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      LOG.debug("closing DNS: {}", e.toString());
    }
  }
}
