package io.keypost.stack;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A process with a management port, for tests of how processes are watched: ready, not ready, or
 * ends at once.
 */
public final class ProbedProgram {

  private ProbedProgram() {}

  /** Arguments: port, HTTP status of the readiness probe; status 0 ends with exit status 3. */
  public static void main(String[] arguments) throws IOException {
    int status = Integer.parseInt(arguments[1]);
    if (status == 0) {
      System.out.println("cannot start");
      System.exit(3);
    }
    var address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    var server = HttpServer.create(address, 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(status, -1);
          }
        });
    server.start();
  }
}
