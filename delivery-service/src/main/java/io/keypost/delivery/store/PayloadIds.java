package io.keypost.delivery.store;

import io.keypost.events.mail.PayloadLocation;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.nio.ByteBuffer;

/**
 * The ids under which rows refer to payloads. An id names the place where the ingress first stored
 * the payload, so that several recipients share a row without a look-up, and it stays when
 * compaction moves the payload.
 *
 * <pre>
 * id = first 16 octets of SHA-256( segment in UTF-8 || 00 || offset, uint64 be )
 * </pre>
 */
final class PayloadIds {
  private static final int ID_OCTETS = 16;

  private PayloadIds() {}

  static Bytes of(PayloadLocation first) {
    ByteBuffer offset = ByteBuffer.allocate(Long.BYTES).putLong(first.offset()).flip();
    return Digest.sha256(Bytes.utf8(first.segment() + "\0"), Bytes.copyOf(offset))
        .octets()
        .slice(0, ID_OCTETS);
  }
}
