package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.util.List;

/**
 * A digest of what a record says, for whoever signs records: its payload without order and times,
 * and without what a renewal may change. Two forms with one digest share a {@code seq}; with two
 * digests they must not ({@link Succession#EQUIVOCATES}).
 */
public final class ContentDigest {
  private static final List<String> ORDER = List.of("gen", "seq", "predecessor");

  private ContentDigest() {}

  /** The digest of {@code record}'s content. */
  public static Digest of(SuccessiveRecord record) {
    Bytes content =
        JsonObject.print(
            json -> {
              RecordSigner.write(record.withoutRenewal(), json);
              json.remove(ORDER);
            });
    return Digest.sha256(Bytes.utf8(record.kind().typ() + "\0"), content);
  }
}
