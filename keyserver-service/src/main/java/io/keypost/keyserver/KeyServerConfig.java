package io.keypost.keyserver;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** {@code keypost.keyserver} of the provider file. */
@ConfigMapping(prefix = "keypost.keyserver")
public interface KeyServerConfig {
  /** Host name of the public port: stands in the server certificate, the pin and assertions. */
  String host();

  /** Address that the public port is bound to. */
  @WithDefault("0.0.0.0")
  String bindAddress();

  /** Public port, TLS 1.3 only. */
  @WithDefault("443")
  int port();

  /** Port that the pin names, where it differs from {@link #port()} (behind a load balancer). */
  Optional<Integer> publicPort();

  /**
   * The operator's other key servers over the same database, which pins name too, as {@code
   * ks2.example.net,ks3.example.net:8443}; none if absent. All of them show one certificate, which
   * names all hosts.
   */
  Optional<String> otherKeyServers();

  /** Address that the management port is bound to. */
  @WithDefault("127.0.0.1")
  String managementAddress();

  /** Management port: probes, metrics, OpenAPI, operators. */
  @WithDefault("9000")
  int managementPort();

  /** PostgreSQL. */
  Database database();

  /** Secret of the operators' API; made at first start, mode 0600. */
  Path adminTokenFile();

  /** What a token's answer names for submissions; the client posts there. */
  URI submissionUrl();

  /** What a token's answer names for mailboxes. */
  URI mailboxUrl();

  /** Whom to tell of abuse; stands in every domain record. {@code abuse@<operator>} if absent. */
  Optional<String> abuseContact();

  /** Pool that new mailboxes are delivered to. */
  @WithDefault("default")
  String defaultPool();

  /** How long a one-time code may be used. */
  @WithDefault("P7D")
  Duration codeLife();

  /** How much one caller may ask. */
  Limits limits();

  /** What receiving servers tell of themselves. */
  Heartbeat heartbeat();

  /** {@code heartbeat}. */
  interface Heartbeat {
    /** How often a receiving server beats, 1 to 8 s; the answer to a beat says it. */
    @WithDefault("PT5S")
    Duration interval();
  }

  /** Where the directory is kept. */
  interface Database {
    /** {@code postgresql://host:port/name}. */
    String url();

    /** Role that owns the schema. */
    String username();

    /** Its password. */
    String password();

    /** Most connections of one instance. */
    @WithDefault("16")
    int maxConnections();
  }

  /**
   * Token buckets, one for each caller: an operator, a user, or the network of a stranger. A
   * request costs 1 token and 1 for each address of a look-up; a stranger's costs 10.
   */
  interface Limits {
    /** Tokens in a full bucket. */
    @WithDefault("2000")
    int burst();

    /** Tokens that come back each second. */
    @WithDefault("500")
    int perSecond();

    /** Callers that are remembered; the one that was silent longest is forgotten first. */
    @WithDefault("10000")
    int callers();
  }
}
