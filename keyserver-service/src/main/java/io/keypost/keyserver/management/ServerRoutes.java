package io.keypost.keyserver.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keypost.keyserver.desk.PoolDesk;
import io.keypost.keyserver.desk.PoolDesk.Which;
import io.keypost.keyserver.desk.PoolDesk.Wish;
import io.keypost.keyserver.management.OperatorRoutes.Answer;
import io.keypost.keyserver.management.OperatorRoutes.OperatorRequest;
import io.keypost.keyserver.store.PoolMemberRow;
import io.keypost.protocol.address.MailDomain;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Receiving servers: seen, drained and put back. */
@Singleton
class ServerRoutes {
  private final OperatorRoutes routes;
  private final PoolDesk pools;

  @Inject
  ServerRoutes(OperatorRoutes routes, PoolDesk pools) {
    this.routes = routes;
    this.pools = pools;
  }

  void register(@Observes ManagementInterface management) {
    Router router = management.router();
    routes.add(router, HttpMethod.GET, "/operator/servers", this::list);
    routes.add(router, HttpMethod.PUT, "/operator/servers/state", this::set);
  }

  /** Which servers, and what they are to be. */
  record StateBody(
      @NotBlank @Size(max = 253) String host,
      @Nullable @Min(1) @Max(65535) Integer port,
      @Nullable @Size(max = 63) String pool,
      @NotNull Wish state) {}

  /** How a receiving server stands. */
  enum State {
    /** In kp-servers. */
    in_service,
    /** In kp-servers, and takes nothing new. */
    drained,
    /** Missed three beats: not in kp-servers. */
    silent
  }

  /** A receiving server; {@code load} in percent. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ServerAnswer(
      String pool,
      String host,
      int port,
      int priority,
      int weight,
      State state,
      int load,
      @Nullable Instant last_heartbeat) {
    static ServerAnswer of(PoolMemberRow row) {
      State listed = row.drained ? State.drained : State.in_service;
      return new ServerAnswer(
          row.pool,
          row.host,
          row.port,
          row.priority,
          row.weight,
          row.silent ? State.silent : listed,
          row.load,
          row.beaten);
    }
  }

  private Answer list(OperatorRequest request) {
    return answer(pools.servers());
  }

  private Answer set(OperatorRequest request) {
    StateBody body = request.body(StateBody.class);
    return answer(
        pools.set(
            new Which(
                MailDomain.parse(body.host()),
                Optional.ofNullable(body.port()),
                Optional.ofNullable(body.pool())),
            body.state()));
  }

  private static Answer answer(List<PoolMemberRow> servers) {
    return Answer.ok(Map.of("servers", servers.stream().map(ServerAnswer::of).toList()));
  }
}
