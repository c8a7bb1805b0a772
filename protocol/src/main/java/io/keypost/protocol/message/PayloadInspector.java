package io.keypost.protocol.message;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Looks at a payload as it streams by and refuses one that is not built as it must be (KP-PAY-1 to
 * KP-PAY-6, T05): session keys for named v6 X25519 subkeys, then one SEIPDv2 packet, then nothing.
 * It keeps one packet header at a time, whatever the size of the payload. For one thread; for one
 * payload.
 *
 * <pre>
 *  session key (RFC 9580 section 5.1.2), 1 to 100 times, always 111 octets
 * +----+----+----+----+----+-------------+----+-----------+----+------------------+
 * | C1 | 6D | 06 | 21 | 06 | fingerprint | 19 | ephemeral | 28 | session key      |
 * +----+----+----+----+----+-------------+----+-----------+----+------------------+
 *  tag  len  v6   33   v6    32            X25519 32        40   wrapped
 *
 *  encrypted data (RFC 9580 section 5.13.2), once
 * +----+-----------------+----+----+----+------+------+--------------------------+
 * | D2 | len, or partial | 02 | 09 | 02 | size | salt | chunks, tags, final tag  |
 * +----+-----------------+----+----+----+------+------+--------------------------+
 *  tag                    v2  AES-256 OCB 0..16   32
 * </pre>
 */
public final class PayloadInspector {
  /** Most session keys in one payload. */
  public static final int MAX_SESSION_KEYS = 100;

  private static final int TAG_SESSION_KEY = 0xC0 | 1;
  private static final int TAG_ENCRYPTED_DATA = 0xC0 | 18;

  /** The first octets of every session key packet after its tag. */
  private static final Bytes SESSION_KEY_START = Bytes.parseHex("6d062106");

  private static final int FINGERPRINT_AT = SESSION_KEY_START.size();
  private static final int ALGORITHM_AT = FINGERPRINT_AT + Envelope.FINGERPRINT_OCTETS;
  private static final int ALGORITHM_X25519 = 25;
  private static final int WRAPPED_SIZE_AT = ALGORITHM_AT + 1 + 32;
  private static final int WRAPPED_OCTETS = 40;
  private static final int SESSION_KEY_OCTETS = WRAPPED_SIZE_AT + 1 + WRAPPED_OCTETS;

  private static final int DATA_VERSION = 2;
  private static final int CIPHER_AES_256 = 9;
  private static final int MODE_OCB = 2;
  private static final int MAX_CHUNK_SIZE_OCTET = 16;

  /** Version, cipher, mode, chunk size, salt; one octet of data with its tag; the final tag. */
  private static final long MIN_DATA_OCTETS = 4 + 32 + 1 + 16 + 16;

  /** RFC 9580 section 4.2.1.4. */
  private static final int MIN_FIRST_PART_OCTETS = 512;

  private enum State {
    PACKET_TAG,
    SESSION_KEY,
    DATA_LENGTH,
    DATA,
    COMPLETE
  }

  private final Set<Bytes> required;
  private final Set<Bytes> seen = new HashSet<>();
  private final byte[] header = new byte[SESSION_KEY_OCTETS];
  private State state = State.PACKET_TAG;
  private int headerSize;
  private long dataSeen;
  private long leftInPart;
  private boolean lastPart;

  /**
   * Begins to look at a payload.
   *
   * @param recipientKeys the subkeys that the payload must name, {@link Head#recipientKeys()}
   */
  public PayloadInspector(Set<Bytes> recipientKeys) {
    this.required = Set.copyOf(recipientKeys);
  }

  /**
   * Looks at the next octets; the position of {@code piece} does not move.
   *
   * @throws RefusedException {@code payload_malformed} as soon as it is certain
   */
  public void inspect(ByteBuffer piece) {
    ByteBuffer rest = piece.duplicate();
    while (rest.hasRemaining()) {
      switch (state) {
        case PACKET_TAG -> takeTag(rest.get() & 0xff);
        case SESSION_KEY -> takeSessionKey(rest);
        case DATA_LENGTH -> takeLengthOctet(rest.get());
        case DATA -> takeData(rest);
        case COMPLETE -> throw refused("octets after the encrypted data");
      }
    }
  }

  /**
   * Says that the payload has ended.
   *
   * @throws RefusedException {@code payload_malformed} when it may not end here
   */
  public void finish() {
    if (state != State.COMPLETE) {
      throw refused("ends early");
    }
  }

  /** The subkeys that the payload names, as far as it was read. */
  public Set<Bytes> recipientKeys() {
    return Set.copyOf(seen);
  }

  private void takeTag(int tag) {
    switch (tag) {
      case TAG_SESSION_KEY -> {
        if (seen.size() == MAX_SESSION_KEYS) {
          throw refused("more than " + MAX_SESSION_KEYS + " session keys");
        }
        headerSize = 0;
        state = State.SESSION_KEY;
      }
      case TAG_ENCRYPTED_DATA -> {
        if (seen.isEmpty() || !seen.containsAll(required)) {
          throw refused("no session key for the recipient_key of the envelope");
        }
        headerSize = 0;
        state = State.DATA_LENGTH;
      }
      default -> throw refused("another packet than session key or encrypted data");
    }
  }

  private void takeSessionKey(ByteBuffer rest) {
    int wanted = Math.min(SESSION_KEY_OCTETS - headerSize, rest.remaining());
    rest.get(header, headerSize, wanted);
    headerSize += wanted;
    if (headerSize < SESSION_KEY_OCTETS) {
      return;
    }
    Bytes packet = Bytes.copyOf(header);
    if (!packet.startsWith(SESSION_KEY_START)
        || packet.at(ALGORITHM_AT) != ALGORITHM_X25519
        || packet.at(WRAPPED_SIZE_AT) != WRAPPED_OCTETS) {
      throw refused("a session key that is not v6, named, X25519, of 32 octets");
    }
    if (!seen.add(packet.slice(FINGERPRINT_AT, ALGORITHM_AT))) {
      throw refused("two session keys for one subkey");
    }
    state = State.PACKET_TAG;
  }

  /** Lengths of RFC 9580 section 4.2.1: one, two or five octets, or the power of two of a part. */
  private void takeLengthOctet(byte octet) {
    header[headerSize++] = octet;
    int first = header[0] & 0xff;
    if (first < 192) {
      beginPart(first, true);
    } else if (first < 224) {
      if (headerSize == 2) {
        beginPart(((first - 192) << 8) + (header[1] & 0xff) + 192, true);
      }
    } else if (first < 255) {
      beginPart(1L << (first & 0x1f), false);
    } else if (headerSize == 5) {
      beginPart(ByteBuffer.wrap(header, 1, 4).getInt() & 0xffff_ffffL, true);
    }
  }

  private void beginPart(long size, boolean last) {
    if (dataSeen == 0 && !last && size < MIN_FIRST_PART_OCTETS) {
      throw refused("a first part under " + MIN_FIRST_PART_OCTETS + " octets");
    }
    if (last && dataSeen + size < MIN_DATA_OCTETS) {
      throw refused("too little encrypted data");
    }
    leftInPart = size;
    lastPart = last;
    headerSize = 0;
    state = size == 0 ? State.COMPLETE : State.DATA;
  }

  private void takeData(ByteBuffer rest) {
    // Bounds above put the four octets that matter into the first part.
    while (dataSeen < 4 && rest.hasRemaining()) {
      checkDataHeader((int) dataSeen, rest.get() & 0xff);
      dataSeen++;
      leftInPart--;
    }
    int taken = (int) Math.min(leftInPart, rest.remaining());
    rest.position(rest.position() + taken);
    dataSeen += taken;
    leftInPart -= taken;
    if (leftInPart == 0) {
      state = lastPart ? State.COMPLETE : State.DATA_LENGTH;
    }
  }

  private static void checkDataHeader(int index, int octet) {
    boolean good =
        switch (index) {
          case 0 -> octet == DATA_VERSION;
          case 1 -> octet == CIPHER_AES_256;
          case 2 -> octet == MODE_OCB;
          default -> octet <= MAX_CHUNK_SIZE_OCTET;
        };
    if (!good) {
      throw refused("encrypted data that is not SEIPDv2 with AES-256 and OCB");
    }
  }

  private static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.PAYLOAD_MALFORMED, why);
  }
}
