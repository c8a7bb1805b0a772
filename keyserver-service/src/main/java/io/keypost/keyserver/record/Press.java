package io.keypost.keyserver.record;

import io.keypost.protocol.Digest;
import io.keypost.protocol.record.ContentDigest;
import io.keypost.protocol.record.RecordKind;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.SuccessiveRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next signed form of a record: same content, same seq; other content, the next one.
 *
 * @param signer signs with the domain's signing key
 * @param signerDigest digest of the signing certificate
 * @param gen generation of the domain's root statement
 */
public record Press(RecordSigner signer, Digest signerDigest, long gen) {

  /** A record that only lacks its place and life. */
  public interface Draft {
    /** The record in full. */
    SuccessiveRecord at(
        long gen, long seq, @Nullable Digest predecessor, Instant issued, Instant expires);
  }

  /**
   * Signs the next form.
   *
   * @param last the last form, if there was one
   * @param nextSeq gives the domain's next free seq; asked only when the content is another
   * @param latestEnd the record does not outlive this
   */
  public Edition next(
      RecordKind kind,
      @Nullable Edition last,
      Draft draft,
      LongSupplier nextSeq,
      Instant now,
      Instant latestEnd) {
    Instant issued = now.truncatedTo(ChronoUnit.SECONDS);
    Digest content = ContentDigest.of(draft.at(gen, 0, null, issued, issued.plusSeconds(1)));
    Edition.Place place =
        last != null && last.content().equals(content)
            ? Edition.place(last, content, last.seq())
            : Edition.place(last, content, nextSeq.getAsLong());
    Instant expires = earlier(issued.plus(kind.life().orElseThrow()), latestEnd);
    SuccessiveRecord record = draft.at(gen, place.seq(), place.predecessor(), issued, expires);
    return new Edition(
        place.seq(),
        gen,
        content,
        issued,
        expires,
        signerDigest,
        place.predecessor(),
        signer.sign(record));
  }

  private static Instant earlier(Instant a, Instant b) {
    return (a.isBefore(b) ? a : b).truncatedTo(ChronoUnit.SECONDS);
  }
}
