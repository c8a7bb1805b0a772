package io.keypost.payloads;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * Takes one payload piece by piece; its digest is computed on the way. For one caller at a time,
 * which never blocks here. Ends with {@link #commit()} or {@link #abort()}; a payload that is not
 * committed is referenced by nothing.
 */
public interface PayloadWriter {

  /**
   * Takes what remains in {@code part}, which may be used again as soon as this returns.
   *
   * @return completes when the writer can take more; the caller writes nothing before. Fails with
   *     {@link PayloadStoreException}
   */
  CompletionStage<Void> write(ByteBuffer part);

  /**
   * Ends the payload.
   *
   * @return completes when the payload survives a loss of power. Fails with {@link
   *     PayloadStoreException}, and then the payload is referenced by nothing
   */
  CompletionStage<PayloadReference> commit();

  /**
   * Gives the payload up and frees what it held. Without effect after {@link #commit()} or another
   * call.
   */
  void abort();
}
