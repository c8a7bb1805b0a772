package io.keypost.stack.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Ports for servers that must know theirs before they listen. */
public final class FreePorts {

  private static final int MAX_PORT = 65_535;

  private FreePorts() {}

  /**
   * Distinct TCP ports that nothing on the loopback address listens on now. Another process may
   * take one before it is used: whoever binds it fails and says so.
   *
   * @param count at most 64
   */
  public static List<Integer> choose(int count) {
    return hold(IntStream.generate(() -> 0).limit(count).toArray(), "no free port");
  }

  /**
   * {@code count} ports in a row, if nothing on the loopback address listens on any of them now.
   *
   * @param first at least 1; the last one is at most 65535
   * @param count at most 64
   * @throws UncheckedIOException if one is taken, or may not be listened on
   */
  public static List<Integer> inARow(int first, int count) {
    if (first < 1 || first + count - 1 > MAX_PORT) {
      throw new IllegalArgumentException(
          "ports out of range: %d and the %d after it".formatted(first, count - 1));
    }
    return hold(IntStream.range(first, first + count).toArray(), "not all of these ports are free");
  }

  private static List<Integer> hold(int[] wanted, String otherwise) {
    if (wanted.length < 1 || wanted.length > 64) {
      throw new IllegalArgumentException("count out of range: " + wanted.length);
    }
    var held = new ArrayList<ServerSocket>();
    try {
      for (int port : wanted) {
        held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(otherwise + " on the loopback address: " + e.getMessage(), e);
    } finally {
      held.forEach(FreePorts::release);
    }
  }

  private static void release(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
