package io.keypost.client.server;

import io.keypost.client.home.ClientSettings;
import io.keypost.client.json.Problems;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.message.Answer;
import io.keypost.protocol.message.Frames;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * Posts frames to another operator's server in the name of an enrolled server (KP-TRF-2): what an
 * operator tries by hand, and what tests and the demo use to see something refused. Whole bodies
 * only; services stream.
 */
public final class Transfers implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final DirectoryClient directory;

  /**
   * @param identity directory that {@link ServerEnrolment} wrote; shown to the peer in the
   *     handshake
   */
  public Transfers(ClientSettings settings, Path identity, InstantSource clock) {
    this.directory =
        new DirectoryBuilder(vertx, settings.directory(), clock)
            .identity(() -> ServerIdentity.load(identity))
            .build();
  }

  /**
   * Posts.
   *
   * @param operator under whose root the peer must stand
   * @param frames the whole body, whatever it is
   * @return what became of each envelope, or why reading stopped
   * @throws io.keypost.protocol.refusal.RefusedException when the request was refused as a whole,
   *     or no answer came
   */
  public Answer post(MailDomain operator, PeerTarget peer, Bytes frames) {
    PeerRequest request =
        PeerRequest.post("/v1/transfers", Frames.MEDIA_TYPE, frames)
            .withHeader("accept", Answer.MEDIA_TYPE + ", application/problem+json");
    PeerAnswer answer =
        Waiting.on(
            directory
                .domain(operator)
                .thenCompose(
                    view ->
                        directory
                            .http()
                            .exchange(
                                request, List.of(peer), PeerTrust.serverOf(view.verified()))));
    if (answer.contentType() != null && answer.contentType().startsWith(Answer.MEDIA_TYPE)) {
      return Answer.decode(answer.body());
    }
    throw Problems.of(answer.status(), answer.body());
  }

  /** Ends its connections and threads. */
  @Override
  public void close() {
    directory.close();
    Waiting.on(vertx.close().map("closed").toCompletionStage());
  }
}
