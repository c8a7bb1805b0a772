package io.keypost.client.provider;

import io.keypost.client.home.ClientSettings;
import io.keypost.directory.client.DirectoryBuilder;
import io.keypost.directory.client.DirectoryClient;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/**
 * The directory as anybody sees it, without an account: domains, roots and servers, but no
 * addresses (KP-KSV-1).
 */
public final class OpenDirectory implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final DirectoryClient directory;

  /** Connects to nothing yet. */
  public OpenDirectory(ClientSettings settings, InstantSource clock) {
    this.directory = new DirectoryBuilder(vertx, settings.directory(), clock).build();
  }

  /** The directory. */
  public DirectoryClient client() {
    return directory;
  }

  /** Ends its connections and threads. */
  @Override
  public void close() {
    directory.close();
    Waiting.on(vertx.close().map("closed").toCompletionStage());
  }
}
