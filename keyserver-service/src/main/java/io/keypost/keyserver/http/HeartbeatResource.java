package io.keypost.keyserver.http;

import io.keypost.keyserver.desk.HeartbeatDesk;
import io.keypost.protocol.record.ServersRecord;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import java.util.UUID;

/** Receiving servers of this operator tell that they are there, and how busy (KP-KSV-20). */
@Path("/v1/heartbeats")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class HeartbeatResource {
  private final HeartbeatDesk heartbeats;
  private final CurrentCaller caller;

  @Inject
  HeartbeatResource(HeartbeatDesk heartbeats, CurrentCaller caller) {
    this.heartbeats = heartbeats;
    this.caller = caller;
  }

  /**
   * A beat. Which server it is, its certificate says.
   *
   * @param instance names the process, since replicas share a certificate
   * @param load percent
   */
  public record HeartbeatBody(
      @NotNull UUID instance, @NotNull @Min(0) @Max(ServersRecord.Server.MAX_LOAD) Integer load) {}

  /** Whether the server is listed, and how often it is to beat. */
  public record HeartbeatAnswer(String state, long interval_seconds) {}

  /** Hears a beat. */
  @POST
  @Permit(Permit.Kind.OWN_SERVER)
  public HeartbeatAnswer beat(@NotNull @Valid HeartbeatBody body) {
    HeartbeatDesk.Standing standing =
        heartbeats.beat(caller.server(), body.instance(), body.load());
    return new HeartbeatAnswer(
        standing.name().toLowerCase(Locale.ROOT), heartbeats.times().interval().toSeconds());
  }
}
