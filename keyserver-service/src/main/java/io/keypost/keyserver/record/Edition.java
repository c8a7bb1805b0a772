package io.keypost.keyserver.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.record.RecordKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One signed form of a record, as it is stored.
 *
 * @param seq its order
 * @param gen generation of the root statement then
 * @param content digest of what it says, see {@link io.keypost.protocol.record.ContentDigest}
 * @param issued start of its life
 * @param expires end of its life
 * @param signer digest of the signing certificate
 * @param predecessor digest of the last form under the seq before
 * @param jws the signed form
 */
public record Edition(
    long seq,
    long gen,
    Digest content,
    Instant issued,
    Instant expires,
    Digest signer,
    @Nullable Digest predecessor,
    String jws) {

  /**
   * Whether this may still be handed out: nothing changed, and it was signed not too long ago.
   *
   * @param currentGen of the domain
   * @param currentSigner of the domain
   */
  public boolean isFresh(RecordKind kind, long currentGen, Digest currentSigner, Instant now) {
    return gen == currentGen
        && signer.equals(currentSigner)
        && now.isBefore(issued.plus(Refresh.after(kind)))
        && now.isBefore(expires);
  }

  /** Under which seq the next form goes, and what came before that. */
  public record Place(long seq, @Nullable Digest predecessor) {}

  /**
   * Where the next form goes: the same seq while it says the same, else {@code nextSeq}.
   *
   * @param last the last form, if there was one
   * @param content digest of what the next form says
   * @param nextSeq the domain's next free seq
   */
  public static Place place(@Nullable Edition last, Digest content, long nextSeq) {
    if (last == null) {
      return new Place(nextSeq, null);
    }
    if (last.content.equals(content)) {
      return new Place(last.seq, last.predecessor);
    }
    if (nextSeq <= last.seq) {
      throw new IllegalArgumentException("seq does not fall: " + nextSeq + " after " + last.seq);
    }
    return new Place(nextSeq, Digest.sha256(Bytes.utf8(last.jws)));
  }
}
