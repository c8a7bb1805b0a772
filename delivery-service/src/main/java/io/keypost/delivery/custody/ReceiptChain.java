package io.keypost.delivery.custody;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.certificate.CertificateCodec;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The certificates that prove who signed a receipt.
 *
 * @param certificates DER, leaf first, 1 to {@value CertificateCodec#MAX_CHAIN}
 */
public record ReceiptChain(List<Bytes> certificates) {
  /** Copies the list and checks its bound. */
  public ReceiptChain {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty() || certificates.size() > CertificateCodec.MAX_CHAIN) {
      throw new IllegalArgumentException("a chain of " + certificates.size() + " certificates");
    }
  }

  /** Names the chain, so that it is stored once for all receipts under it. */
  public Digest digest() {
    Digest.Accumulator all = Digest.accumulator();
    for (Bytes certificate : certificates) {
      all.update(ByteBuffer.allocate(4).putInt(certificate.size()).flip());
      all.update(certificate.asByteBuffer());
    }
    return all.finish();
  }
}
