package io.keypost.delivery.custody;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import java.util.Comparator;

/**
 * What an outcome is unique by.
 *
 * @param recipient canonical address in the envelope
 * @param envelopeDigest digest over envelope and signature
 */
public record EnvelopeKey(Address recipient, Digest envelopeDigest)
    implements Comparable<EnvelopeKey> {
  private static final Comparator<EnvelopeKey> ORDER =
      Comparator.comparing((EnvelopeKey key) -> key.recipient().toString())
          .thenComparing(EnvelopeKey::envelopeDigest);

  /**
   * By recipient, then digest: the order in which every batch takes its rows, so that none
   * deadlock.
   */
  @Override
  public int compareTo(EnvelopeKey other) {
    return ORDER.compare(this, other);
  }
}
