package io.keypost.directory.net;

import io.keypost.protocol.Bytes;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An answer with its whole body.
 *
 * @param from the address that answered
 * @param target the host that was asked
 * @param contentType as sent, absent if not
 */
public record PeerAnswer(
    int status,
    @Nullable String contentType,
    Bytes body,
    PeerTarget target,
    InetSocketAddress from) {
  /** Whether the status is 2xx. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
