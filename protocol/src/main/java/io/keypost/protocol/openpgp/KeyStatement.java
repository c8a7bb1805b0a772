package io.keypost.protocol.openpgp;

import com.google.protobuf.ByteString;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.StrictProtobuf;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One link of what an address says of its key and pointer (T42, T45). Holding one says that it is
 * well formed; {@link KeyHistory} verifies a chain of them.
 *
 * @param address who speaks
 * @param made when, whole milliseconds
 * @param previous digest of the statement before; empty in the first
 * @param says the statement
 * @param encoded the octets that were signed
 * @param signature one detached signature packet
 */
public record KeyStatement(
    Address address,
    Instant made,
    Optional<Digest> previous,
    Says says,
    Bytes encoded,
    Bytes signature) {
  /** Longest carried form in characters. */
  public static final int MAX_CHARACTERS = 4096;

  /** Checks that the parts belong together. */
  public KeyStatement {
    if (!encode(address, made, previous, says).equals(encoded)) {
      throw refused("not the statement as encoded", null);
    }
  }

  /** What is said. */
  public sealed interface Says {
    /**
     * The address is a mailbox, and this is its primary key from now on.
     *
     * @param packet body of the version 6 public key packet, 42 octets
     */
    record Key(Bytes packet) implements Says {
      /** Version 6 fingerprint of the key, 32 octets. */
      public Bytes fingerprint() {
        return read(packet).fingerprint();
      }
    }

    /** The address points at {@code target} from now on. */
    record Pointer(Address target) implements Says {}
  }

  /** The first statement of an address: its own key, signed by itself. */
  public static KeyStatement first(UserSecretKey key, Instant now) {
    return sign(key, key.address(), Optional.empty(), keyOf(key.certificate()), now);
  }

  /**
   * The next statement of an address.
   *
   * @param history up to now; {@code key} must hold its primary key
   */
  public static KeyStatement next(KeyHistory history, Says says, UserSecretKey key, Instant now) {
    if (!history.primaryFingerprint().equals(key.certificate().fingerprint())) {
      throw new IllegalArgumentException(
          "only the address's last primary key signs its next statement");
    }
    return sign(key, history.address(), Optional.of(history.newest()), says, now);
  }

  /** The statement that names this certificate's primary key. */
  public static Says.Key keyOf(UserCertificate certificate) {
    return new Says.Key(certificate.primaryPacket().body());
  }

  private static KeyStatement sign(
      UserSecretKey key, Address address, Optional<Digest> previous, Says says, Instant now) {
    Instant made = Instant.ofEpochMilli(now.toEpochMilli());
    Bytes encoded = encode(address, made, previous, says);
    Bytes signature =
        DetachedSignatures.signWithPrimary(SignatureContext.KEY_STATEMENT, encoded, key, now);
    return new KeyStatement(address, made, previous, says, encoded, signature);
  }

  private static Bytes encode(Address address, Instant made, Optional<Digest> previous, Says says) {
    var wire =
        io.keypost.protocol.openpgp.wire.KeyStatement.newBuilder()
            .setAddress(address.toString())
            .setMade(made.toEpochMilli());
    previous.ifPresent(
        digest -> wire.setPrevious(ByteString.copyFrom(digest.octets().asByteBuffer())));
    switch (says) {
      case Says.Key key -> wire.setKey(ByteString.copyFrom(key.packet().asByteBuffer()));
      case Says.Pointer pointer -> wire.setPointer(pointer.target().toString());
    }
    return Bytes.copyOf(wire.build().toByteArray());
  }

  /**
   * Reads the carried form.
   *
   * @throws RefusedException {@code statement_invalid} when it is not exactly that
   */
  public static KeyStatement parse(String text) {
    int dot = text.indexOf('.');
    if (text.length() > MAX_CHARACTERS || dot < 0) {
      throw refused("not a statement and a signature", null);
    }
    try {
      return decode(
          Bytes.parseBase64Url(text.substring(0, dot)),
          Bytes.parseBase64Url(text.substring(dot + 1)));
    } catch (RefusedException e) {
      throw refused(e.refusal().detail(), e);
    }
  }

  private static KeyStatement decode(Bytes encoded, Bytes signature) {
    var wire =
        StrictProtobuf.parse(
            io.keypost.protocol.openpgp.wire.KeyStatement.parser(),
            encoded,
            RefusalCode.STATEMENT_INVALID);
    StrictProtobuf.requireStrict(wire, encoded, RefusalCode.STATEMENT_INVALID);
    Says says =
        switch (wire.getSaysCase()) {
          case KEY -> new Says.Key(Bytes.copyOf(wire.getKey().asReadOnlyByteBuffer()));
          case POINTER -> new Says.Pointer(Address.parseCanonical(wire.getPointer()));
          case SAYS_NOT_SET -> throw refused("says nothing", null);
        };
    if (says instanceof Says.Key key) {
      read(key.packet());
    }
    Optional<Digest> previous =
        wire.getPrevious().isEmpty()
            ? Optional.empty()
            : Optional.of(new Digest(Bytes.copyOf(wire.getPrevious().asReadOnlyByteBuffer())));
    return new KeyStatement(
        Address.parseCanonical(wire.getAddress()),
        made(wire.getMade()),
        previous,
        says,
        encoded,
        signature);
  }

  private static Instant made(long unixMillis) {
    if (unixMillis < 1 || unixMillis > StrictProtobuf.MAX_UNIX_MILLIS) {
      throw refused("made at no time", null);
    }
    return Instant.ofEpochMilli(unixMillis);
  }

  /** Reads a primary key that stands in a statement. */
  static KeyPacket read(Bytes packet) {
    try {
      KeyPacket key = KeyPacket.read(packet);
      if (key.algorithm() != Profile.SIGNING_ALGORITHM) {
        throw refused("a primary key that is not Ed25519", null);
      }
      return key;
    } catch (MalformedPacketException e) {
      throw refused(e.detail(), e);
    }
  }

  /** The form in records: two base64url parts with a dot between. */
  public String text() {
    return encoded.base64Url() + "." + signature.base64Url();
  }

  /** What the next statement names this one by: SHA-256 of {@link #text()}. */
  public Digest digest() {
    return Digest.sha256(Bytes.utf8(text()));
  }

  static RefusedException refused(String detail, @Nullable Throwable cause) {
    return new RefusedException(Refusal.of(RefusalCode.STATEMENT_INVALID, detail), cause);
  }
}
