package io.keypost.keyserver.store;

import io.keypost.keyserver.record.Edition;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The newest signed form of one record, beside what it is made of. */
@Embeddable
public class PublishedRecord {
  /** Null before the first signature. */
  @Column(name = "seq")
  public @Nullable Long seq;

  /** Generation that the signed form carries. */
  @Column(name = "gen")
  public @Nullable Long gen;

  /** SHA-256 over what the record says, without times: equal content keeps its seq. */
  @Column(name = "content")
  public byte @Nullable [] content;

  /** Start of its life. */
  @Column(name = "issued")
  public @Nullable Instant issued;

  /** End of its life. */
  @Column(name = "expires")
  public @Nullable Instant expires;

  /** Digest of the signing certificate. */
  @Column(name = "signer")
  public byte @Nullable [] signer;

  /** The signed form itself. */
  @Column(name = "jws")
  public @Nullable String jws;

  /** Digest of the last signed form under the seq before this one. */
  @Column(name = "predecessor")
  public byte @Nullable [] predecessor;

  /** Set in the transaction that changes what the record says; the next reader signs anew. */
  @Column(name = "stale")
  public boolean stale = true;

  /** The last signed form; empty before the first. */
  public Optional<Edition> edition() {
    if (seq == null
        || gen == null
        || content == null
        || issued == null
        || expires == null
        || signer == null
        || jws == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Edition(
            seq,
            gen,
            digest(content),
            issued,
            expires,
            digest(signer),
            predecessor == null ? null : digest(predecessor),
            jws));
  }

  /** Keeps a new signed form, which nothing has changed since. */
  public void publish(Edition edition) {
    seq = edition.seq();
    gen = edition.gen();
    content = edition.content().octets().toByteArray();
    issued = edition.issued();
    expires = edition.expires();
    signer = edition.signer().octets().toByteArray();
    Digest before = edition.predecessor();
    predecessor = before == null ? null : before.octets().toByteArray();
    jws = edition.jws();
    stale = false;
  }

  private static Digest digest(byte[] octets) {
    return new Digest(Bytes.copyOf(octets));
  }
}
