package io.keypost.payloads.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.payloads.PayloadReference;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentFormatTest {
  private static final byte[] PAYLOAD = {'k', 'e', 'y', 'p', 'o', 's', 't'};

  /**
   * A segment with the one payload "keypost", made on 2026-11-24T07:00:00Z; check sums by another
   * program.
   */
  private static final String KNOWN =
      "4b505345474d4e5400000001000001a20c5ab180178cf0614b50454e0000000000000007e7184c1f"
          + "6b6579706f73742c18c1cc966b31f40e356528ec2eca19d24e3b8ba278d4bb067f4f25c857db8350"
          + "631079000000000000002800000000000000072c18c1cc966b31f40e356528ec2eca19d24e3b8ba2"
          + "78d4bb067f4f25c857db834b50495800000001000000000000005303e87e874b50534547454e44";

  @Test
  void writesTheSegmentThatItsDiagramShows() {
    Digest sha256 = Digest.sha256(PAYLOAD);
    ByteBuffer segment = ByteBuffer.allocate(1024);
    segment.put(SegmentFormat.header(1_795_503_600_000L));
    segment.put(SegmentFormat.entryHeader(PAYLOAD.length));
    int offset = segment.position();
    segment.put(PAYLOAD);
    segment.put(SegmentFormat.entryTrailer(PAYLOAD.length, sha256));
    segment.put(
        SegmentFormat.index(
            List.of(new PayloadReference("s", offset, PAYLOAD.length, sha256)),
            segment.position()));
    assertThat(Bytes.copyOf(segment.flip()).hex()).isEqualTo(KNOWN);
  }
}
