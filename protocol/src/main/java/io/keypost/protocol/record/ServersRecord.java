package io.keypost.protocol.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An operator's servers.
 *
 * @param operator the operator domain
 * @param gen generation of the operator domain when it was signed
 * @param seq order within the generation
 * @param issuedAt when it was signed, whole seconds
 * @param expiry when it ends, at most 24 hours later
 * @param pools pools of receiving servers, at most {@value #MAX_POOLS}
 * @param certificates digests of the certificates of all services that connect out, at most {@value
 *     #MAX_CERTIFICATES}: one that is not here is not the operator's, whatever it shows
 */
public record ServersRecord(
    MailDomain operator,
    long gen,
    long seq,
    Instant issuedAt,
    Instant expiry,
    List<Pool> pools,
    List<Digest> certificates)
    implements SuccessiveRecord {
  /** Most pools of one operator. */
  public static final int MAX_POOLS = 32;

  /** Most servers of one pool. */
  public static final int MAX_SERVERS = 64;

  /** Most certificates at a time. */
  public static final int MAX_CERTIFICATES = 4096;

  private static final int MAX_POOL_CHARACTERS = 63;
  private static final int MAX_PORT = 65535;
  private static final int MAX_WEIGHT = 65535;

  /** Whether new mail may go to a server. */
  public enum ServerState {
    /** Takes mail. */
    IN_SERVICE,
    /** About to stop: finishes what it has, takes nothing new. */
    DRAINED
  }

  /**
   * Servers that are reached alike.
   *
   * @param name 1 to 63 printable characters
   * @param servers at most {@value #MAX_SERVERS}
   */
  public record Pool(String name, List<Server> servers) {
    /** Checks the bounds. */
    public Pool {
      Bounds.text("pool", name, MAX_POOL_CHARACTERS);
      servers = List.copyOf(servers);
      Bounds.size("servers", servers, 0, MAX_SERVERS);
    }

    private void writeTo(ObjectNode json) {
      json.put("name", name);
      JsonObject.putObjects(json, "servers", servers, Server::writeTo);
    }

    private Pool withoutLoad() {
      return new Pool(name, servers.stream().map(Server::withoutLoad).toList());
    }

    private static Pool read(JsonObject json) {
      return new Pool(json.text("name"), json.objects("servers", MAX_SERVERS, Server::read));
    }
  }

  /**
   * One receiving server.
   *
   * @param host its name, in its certificate too
   * @param port TCP port, 1 to 65535
   * @param priority the lowest value is tried first, 0 to 65535
   * @param weight share of the mail among those of one priority, 0 to 65535
   * @param state whether it takes mail
   * @param load how busy it said it was, in percent, 0 to {@value #MAX_LOAD}; 0 also when it says
   *     nothing. A measurement of its moment: a renewal may change it (KP-REC-21)
   */
  public record Server(
      MailDomain host, int port, int priority, int weight, ServerState state, int load) {
    /** A server that does as much as it can. */
    public static final int MAX_LOAD = 100;

    /** Checks the bounds. */
    public Server {
      Bounds.range("port", port, 1, MAX_PORT);
      Bounds.range("priority", priority, 0, MAX_WEIGHT);
      Bounds.range("weight", weight, 0, MAX_WEIGHT);
      Bounds.range("load", load, 0, MAX_LOAD);
    }

    /** A server that says nothing of its load. */
    public Server(MailDomain host, int port, int priority, int weight, ServerState state) {
      this(host, port, priority, weight, state, 0);
    }

    private Server withoutLoad() {
      return new Server(host, port, priority, weight, state);
    }

    private void writeTo(ObjectNode json) {
      json.put("host", host.value());
      json.put("port", port);
      json.put("priority", priority);
      json.put("weight", weight);
      json.put("state", JsonObject.word(state));
      if (load > 0) {
        json.put("load", load);
      }
    }

    private static Server read(JsonObject json) {
      return new Server(
          json.domain("host"),
          json.smallInteger("port"),
          json.smallInteger("priority"),
          json.smallInteger("weight"),
          json.word("state", ServerState.class),
          json.has("load") ? loadOf(json.smallInteger("load")) : 0);
    }

    /** One form for each value: no load is said by saying nothing. */
    private static int loadOf(int said) {
      Bounds.range("load", said, 1, MAX_LOAD);
      return said;
    }
  }

  /** Checks the bounds. */
  public ServersRecord {
    Bounds.counted("gen", gen);
    Bounds.counted("seq", seq);
    issuedAt = Bounds.seconds(issuedAt);
    expiry = Bounds.seconds(expiry);
    pools = List.copyOf(pools);
    certificates = List.copyOf(certificates);
    Bounds.size("pools", pools, 0, MAX_POOLS);
    Bounds.size("certificates", certificates, 0, MAX_CERTIFICATES);
    if (pools.stream().map(Pool::name).distinct().count() != pools.size()) {
      throw new IllegalArgumentException("two pools of one name");
    }
  }

  /** The pool of that name. */
  public Optional<Pool> pool(String name) {
    return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
  }

  @Override
  public RecordKind kind() {
    return RecordKind.SERVERS;
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(expiry);
  }

  @Override
  public ServersRecord withoutRenewal() {
    return new ServersRecord(
        operator,
        gen,
        seq,
        NO_TIME,
        NO_TIME,
        pools.stream().map(Pool::withoutLoad).toList(),
        certificates);
  }

  void writeTo(ObjectNode json) {
    json.put("operator", operator.value());
    JsonObject.putOrder(json, this);
    JsonObject.putTimes(json, issuedAt, expiry);
    JsonObject.putObjects(json, "pools", pools, Pool::writeTo);
    JsonObject.putAll(json, "certificates", certificates, Digest::base64Url);
  }

  static ServersRecord read(JsonObject json) {
    return new ServersRecord(
        json.domain("operator"),
        json.integer("gen"),
        json.integer("seq"),
        json.time("iat"),
        json.time("exp"),
        json.objects("pools", MAX_POOLS, Pool::read),
        json.list("certificates", MAX_CERTIFICATES, Digest::parseBase64Url));
  }
}
