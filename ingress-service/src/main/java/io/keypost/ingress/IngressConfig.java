package io.keypost.ingress;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** {@code keypost.ingress.*} of the provider file. */
@ConfigMapping(prefix = "keypost.ingress")
public interface IngressConfig {

  /** Address of the management port; loopback unless set. */
  @WithDefault("127.0.0.1")
  String managementAddress();

  /** The management port: probes and metrics. */
  @WithDefault("9001")
  int managementPort();

  /** Where {@code keypost server enrol} writes key and certificate. */
  Path identityDirectory();

  /** Address that the public port listens on. */
  @WithDefault("0.0.0.0")
  String bindAddress();

  /** The public port; 0 for one that the system chooses. */
  @WithDefault("443")
  int port();

  /** Event loops that serve the public port, 1 to 64. */
  @WithDefault("2")
  int eventLoops();

  /**
   * Requests whose caller is being identified in this process, of users and of peers each; beyond
   * it {@code busy}. Below the directory's look-ups in flight, so that some are left for mail.
   */
  @WithDefault("256")
  int maxIdentifications();

  /** The same of one network: an IPv4 address or an IPv6 /64; beyond it {@code rate_limited}. */
  @WithDefault("32")
  int maxIdentificationsPerNetwork();

  /** Requests of known callers in progress in this process; beyond it {@code busy}. */
  @WithDefault("1024")
  int maxRequests();

  /** Requests in progress of one user or one operator; beyond it {@code rate_limited}. */
  @WithDefault("64")
  int maxRequestsPerCaller();

  /** Requests in progress on one connection (HTTP/2 streams). */
  @WithDefault("64")
  int maxStreams();

  /**
   * A request whose body brings less than {@link #minBodyOctets()} in this time, without being held
   * back by this side, is stopped.
   */
  @WithDefault("PT30S")
  Duration bodyTimeout();

  /** See {@link #bodyTimeout()}. */
  @WithDefault("4096")
  int minBodyOctets();

  /** Longest TLS handshake. */
  @WithDefault("PT10S")
  Duration handshakeTimeout();

  /** A connection on which nothing moves for so long is closed. */
  @WithDefault("PT2M")
  Duration idleTimeout();

  /** How long the service is not ready before it begins to stop, so that callers go elsewhere. */
  @WithDefault("PT0S")
  Duration shutdownDelay();

  /** How long requests in progress may take to end when the service stops. */
  @WithDefault("PT20S")
  Duration drainTimeout();
}
