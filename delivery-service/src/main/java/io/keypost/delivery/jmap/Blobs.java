package io.keypost.delivery.jmap;

import io.keypost.delivery.custody.StoredMail;
import io.keypost.delivery.jmap.Ids.Blob;
import io.keypost.delivery.store.MailReader;
import io.keypost.payloads.PayloadRange;
import io.keypost.payloads.PayloadReference;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.PayloadStoreException;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Blobs of a user's own mail (KP-MBX-1, KP-MBX-3). */
@ApplicationScoped
class Blobs {
  private final MailReader mail;
  private final PayloadStore payloads;

  Blobs(MailReader mail, PayloadStore payloads) {
    this.mail = mail;
    this.payloads = payloads;
  }

  /** An opened blob; closed by whoever writes it. */
  interface Content extends AutoCloseable {
    String mediaType();

    long size();

    /** Writes all of it; fails before its end when the payload is not what was signed. */
    void write(OutputStream out) throws IOException;

    @Override
    void close() throws IOException;
  }

  /**
   * Opens a blob.
   *
   * @throws RefusedException {@code not_found} for whatever is not this user's, {@code
   *     store_unavailable}
   */
  Content open(Address user, String accountId, String blobId) {
    if (!accountId.equals(Ids.account(user))) {
      throw notFound();
    }
    return switch (Ids.parseBlob(blobId).orElseThrow(Blobs::notFound)) {
      case Blob.Sealed(Digest digest) -> {
        StoredMail stored = find(user, digest);
        yield new Opened(
            "application/octet-stream", stored.payload().length(), payload(user, stored)) {
          @Override
          public void write(OutputStream out) throws IOException {
            long _ = stream().transferTo(out);
          }
        };
      }
      case Blob.Rendered(Digest digest) -> {
        StoredMail stored = find(user, digest);
        PgpMime message = PgpMime.of(stored);
        yield new Opened("message/rfc822", message.size(), payload(user, stored)) {
          @Override
          public void write(OutputStream out) throws IOException {
            message.write(stream(), out);
          }
        };
      }
    };
  }

  private StoredMail find(Address user, Digest digest) {
    return mail.find(user, digest).orElseThrow(Blobs::notFound);
  }

  /** Where the payload is gone from its place, compaction has moved it: the row says where to. */
  private InputStream payload(Address user, StoredMail stored) {
    try {
      return open(stored);
    } catch (PayloadStoreException e) {
      if (e.failure() != PayloadStoreException.Failure.GONE) {
        throw unavailable(e);
      }
      try {
        return open(find(user, stored.digest()));
      } catch (PayloadStoreException again) {
        throw unavailable(again);
      }
    }
  }

  private InputStream open(StoredMail stored) {
    PayloadReference reference =
        new PayloadReference(
            stored.payload().segment(),
            stored.payload().offset(),
            stored.payload().length(),
            stored.payload().sha256());
    return payloads.read(reference, PayloadRange.all(reference));
  }

  private abstract static class Opened implements Content {
    private final String mediaType;
    private final long size;
    private final InputStream stream;

    Opened(String mediaType, long size, InputStream stream) {
      this.mediaType = mediaType;
      this.size = size;
      this.stream = stream;
    }

    InputStream stream() {
      return stream;
    }

    @Override
    public String mediaType() {
      return mediaType;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  private static RefusedException notFound() {
    return RefusedException.of(RefusalCode.NOT_FOUND, "there is no such blob");
  }

  private static RefusedException unavailable(PayloadStoreException e) {
    return RefusedException.of(RefusalCode.STORE_UNAVAILABLE, "the payload cannot be read now", e);
  }
}
