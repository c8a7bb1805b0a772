package io.keypost.delivery.jmap;

import io.keypost.delivery.custody.StoredMail;
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

  /** A blob that is there; nothing of it is open. */
  interface Blob {
    String mediaType();

    long size();

    /**
     * Opens its payload.
     *
     * @throws RefusedException {@code store_unavailable}
     */
    Content open();
  }

  /** An opened blob; closed by whoever writes it. */
  interface Content extends AutoCloseable {
    /** Writes all of it; fails before its end when the payload is not what was signed. */
    void write(OutputStream out) throws IOException;

    @Override
    void close() throws IOException;
  }

  /**
   * Finds a blob.
   *
   * @throws RefusedException {@code not_found} for whatever is not this user's
   */
  Blob find(Address user, String accountId, String blobId) {
    if (!accountId.equals(Ids.account(user))) {
      throw notFound();
    }
    return switch (Ids.parseBlob(blobId).orElseThrow(Blobs::notFound)) {
      case Ids.Blob.Sealed(Digest digest) -> {
        StoredMail stored = find(user, digest);
        yield new Found(
            user,
            stored,
            "application/octet-stream",
            stored.payload().length(),
            (payload, out) -> {
              long _ = payload.transferTo(out);
            });
      }
      case Ids.Blob.Rendered(Digest digest) -> {
        StoredMail stored = find(user, digest);
        PgpMime message = PgpMime.of(stored);
        yield new Found(user, stored, "message/rfc822", message.size(), message::write);
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

  /** How a payload becomes the octets of a blob. */
  private interface Form {
    void write(InputStream payload, OutputStream out) throws IOException;
  }

  private final class Found implements Blob {
    private final Address user;
    private final StoredMail stored;
    private final String mediaType;
    private final long size;
    private final Form form;

    Found(Address user, StoredMail stored, String mediaType, long size, Form form) {
      this.user = user;
      this.stored = stored;
      this.mediaType = mediaType;
      this.size = size;
      this.form = form;
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
    public Content open() {
      return new Opened(payload(user, stored), form);
    }
  }

  private record Opened(InputStream payload, Form form) implements Content {
    @Override
    public void write(OutputStream out) throws IOException {
      form.write(payload, out);
    }

    @Override
    public void close() throws IOException {
      payload.close();
    }
  }

  private static RefusedException notFound() {
    return RefusedException.of(RefusalCode.NOT_FOUND, "there is no such blob");
  }

  private static RefusedException unavailable(PayloadStoreException e) {
    return RefusedException.of(RefusalCode.STORE_UNAVAILABLE, "the payload cannot be read now", e);
  }
}
