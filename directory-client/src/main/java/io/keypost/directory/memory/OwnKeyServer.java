package io.keypost.directory.memory;

import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import java.util.concurrent.CompletionStage;

/** The key server of this service's own operator, over mutual TLS under the operator's root. */
@FunctionalInterface
public interface OwnKeyServer {
  /**
   * Asks it.
   *
   * @return any answer with a status below 500; completes exceptionally with {@link
   *     io.keypost.protocol.refusal.RefusedException}
   */
  CompletionStage<PeerAnswer> ask(PeerRequest request);
}
