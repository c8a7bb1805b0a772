package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import java.time.Instant;
import org.bouncycastle.openpgp.PGPPublicKey;

/**
 * A subkey that a certificate binds. The primary key's own end or revocation is already part of
 * {@link #life()}.
 */
public sealed interface Subkey {
  /** Version 6 fingerprint, 32 octets. */
  Bytes fingerprint();

  /** When the key was made, whole seconds. */
  Instant created();

  /** When it is good. */
  KeyLife life();

  /**
   * The subkey with which one device signs; it has agreed to it by the embedded primary-key
   * binding.
   */
  final class Signing implements Subkey {
    private final KeyPacket packet;
    private final PGPPublicKey key;
    private final KeyLife life;

    Signing(KeyPacket packet, PGPPublicKey key, KeyLife life) {
      this.packet = packet;
      this.key = key;
      this.life = life;
    }

    @Override
    public Bytes fingerprint() {
      return packet.fingerprint();
    }

    @Override
    public Instant created() {
      return packet.created();
    }

    @Override
    public KeyLife life() {
      return life;
    }

    PGPPublicKey key() {
      return key;
    }

    KeyPacket packet() {
      return packet;
    }
  }

  /** A subkey that messages are encrypted to; all devices of the user hold its secret. */
  final class Encryption implements Subkey {
    private final KeyPacket packet;
    private final PGPPublicKey key;
    private final KeyLife life;

    Encryption(KeyPacket packet, PGPPublicKey key, KeyLife life) {
      this.packet = packet;
      this.key = key;
      this.life = life;
    }

    @Override
    public Bytes fingerprint() {
      return packet.fingerprint();
    }

    @Override
    public Instant created() {
      return packet.created();
    }

    @Override
    public KeyLife life() {
      return life;
    }

    PGPPublicKey key() {
      return key;
    }

    KeyPacket packet() {
      return packet;
    }
  }
}
