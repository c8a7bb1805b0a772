package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.DeliveryConfig;
import io.keypost.protocol.address.Address;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;

/** Session, API and blobs of JMAP. */
@Path("/")
@RunOnVirtualThread
public class JmapResource {
  private final CurrentUser user;
  private final JmapRequests requests;
  private final Blobs blobs;
  private final DeliveryConfig.Jmap limits;

  JmapResource(CurrentUser user, JmapRequests requests, Blobs blobs, DeliveryConfig config) {
    this.user = user;
    this.requests = requests;
    this.blobs = blobs;
    this.limits = config.jmap();
  }

  /** The session object (RFC 8620 section 2). */
  @GET
  @Path(".well-known/jmap")
  @Produces(MediaType.APPLICATION_JSON)
  @ForUser
  public Response session(@Context UriInfo uri) {
    return Response.ok(session(user.address(), uri))
        .header(HttpHeaders.CACHE_CONTROL, "no-cache, no-store, must-revalidate")
        .build();
  }

  /** Method calls (RFC 8620 section 3). */
  @POST
  @Path("jmap/api")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @ForUser
  public ObjectNode api(String body, @Context UriInfo uri) {
    Address caller = user.address();
    return requests.answer(body, caller, session(caller, uri).get("state").asText());
  }

  /** A blob: a message as PGP/MIME, or the payload as it was stored (RFC 8620 section 6.2). */
  @GET
  @Path("jmap/download/{accountId}/{blobId}/{name}")
  @ForUser
  public Response download(
      @PathParam("accountId") String accountId, @PathParam("blobId") String blobId) {
    Blobs.Blob blob = blobs.find(user.address(), accountId, blobId);
    Blobs.Content content = blob.open();
    StreamingOutput stream =
        out -> {
          try (content) {
            content.write(out);
          }
        };
    return described(blob).entity(stream).build();
  }

  /**
   * What {@link #download} would say of a blob. A method of its own: a stream that is made for an
   * answer without a body is never written, so never closed.
   */
  @HEAD
  @Path("jmap/download/{accountId}/{blobId}/{name}")
  @ForUser
  public Response describe(
      @PathParam("accountId") String accountId, @PathParam("blobId") String blobId) {
    return described(blobs.find(user.address(), accountId, blobId)).build();
  }

  private static Response.ResponseBuilder described(Blobs.Blob blob) {
    return Response.ok()
        .type(blob.mediaType())
        .header(HttpHeaders.CONTENT_LENGTH, blob.size())
        .header(HttpHeaders.CACHE_CONTROL, "private, immutable, max-age=31536000")
        .header("Content-Disposition", "attachment")
        .header("X-Content-Type-Options", "nosniff");
  }

  private ObjectNode session(Address caller, UriInfo uri) {
    String base = uri.getBaseUri().toString();
    return JmapSession.of(
        caller, base.endsWith("/") ? base.substring(0, base.length() - 1) : base, limits);
  }
}
