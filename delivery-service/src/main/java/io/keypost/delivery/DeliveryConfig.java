package io.keypost.delivery;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** {@code keypost.delivery} of the provider file. */
@ConfigMapping(prefix = "keypost.delivery")
public interface DeliveryConfig {
  /** Host name of the public port, as in its server certificate. */
  String host();

  /** Address that the public port is bound to. */
  @WithDefault("0.0.0.0")
  String bindAddress();

  /** Public port, TLS 1.3 only. */
  @WithDefault("443")
  int port();

  /** Address that the management port is bound to. */
  @WithDefault("127.0.0.1")
  String managementAddress();

  /** Management port: probes and metrics. */
  @WithDefault("9000")
  int managementPort();

  /** Where {@code keypost server enrol} puts this service's key, certificates and receipt key. */
  Path identityDirectory();

  /** Which parts run here, comma separated; all of them when absent. */
  Optional<String> roles();

  /** PostgreSQL. */
  Database database();

  /** How work that a process has begun is kept for it. */
  Lease lease();

  /** Handing over to other operators. */
  Transfer transfer();

  /** Outcomes and receipts. */
  Outcome outcome();

  /** Mail and outcomes for users' clients. */
  Jmap jmap();

  /** The roles that run here. */
  default Set<DeliveryRole> activeRoles() {
    return RoleConfigSource.parse(roles().orElse(""));
  }

  /** Whether the role runs here. */
  default boolean runs(DeliveryRole role) {
    return activeRoles().contains(role);
  }

  /** Where outcomes, mailboxes and queues are kept. */
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

  /** How work that a process has begun is kept for it. */
  interface Lease {
    /**
     * How long after the end of a process, at most, another takes what it worked on: 5 seconds to
     * 10 minutes.
     */
    @WithDefault("PT60S")
    Duration life();

    /** How often a living process renews its leases; three times this fits into a life. */
    @WithDefault("PT15S")
    Duration renewal();
  }

  /** Handing over to other operators. */
  interface Transfer {
    /** Requests at once to one operator, from this instance. */
    @WithDefault("4")
    int requestsPerDestination();

    /** Requests at once to all operators, from this instance. */
    @WithDefault("64")
    int requests();

    /** Most envelopes in one request. */
    @WithDefault("200")
    int envelopesPerRequest();

    /** Most octets of payload in one request, beyond its first frame. */
    @WithDefault("67108864")
    long payloadOctetsPerRequest();

    /** Longest time of one request, from its first octet to the answer's last. */
    @WithDefault("PT10M")
    Duration requestTimeout();

    /** How often the queue is looked at when nothing woke its worker. */
    @WithDefault("PT0.25S")
    Duration idle();

    /** Wait after the first failure of an envelope; doubles. */
    @WithDefault("PT2S")
    Duration firstRetry();

    /** Longest wait between two attempts. */
    @WithDefault("PT10M")
    Duration longestRetry();
  }

  /** Outcomes and receipts. */
  interface Outcome {
    /** How often the outboxes are looked at when nothing woke their workers. */
    @WithDefault("PT0.25S")
    Duration idle();

    /** Wait after the first failure to post a receipt; doubles. */
    @WithDefault("PT2S")
    Duration firstRetry();

    /** Longest wait between two attempts to post a receipt. */
    @WithDefault("PT1H")
    Duration longestRetry();

    /** Operators that receipts are posted to at once, from this instance. */
    @WithDefault("32")
    int operatorsAtOnce();
  }

  /** Mail and outcomes for users' clients. */
  interface Jmap {
    /** Calls in one request (RFC 8620, maxCallsInRequest). */
    @WithDefault("16")
    int maxCallsInRequest();

    /** Objects in one /get (RFC 8620, maxObjectsInGet). */
    @WithDefault("500")
    int maxObjectsInGet();
  }
}
