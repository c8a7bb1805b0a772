package io.keypost.stack.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports for servers that must know theirs before they listen. */
public final class FreePorts {

  private FreePorts() {}

  /**
   * Distinct TCP ports that nothing on the loopback address listens on now. Another process may
   * take one before it is used: whoever binds it fails and says so.
   *
   * @param count at most 64
   */
  public static List<Integer> choose(int count) {
    if (count < 1 || count > 64) {
      throw new IllegalArgumentException("count out of range: " + count);
    }
    var held = new ArrayList<ServerSocket>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback address", e);
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
