package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.refusal.Refusal;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.jspecify.annotations.Nullable;

/**
 * An address's OpenPGP certificate (RFC 9580 section 10.1.1): a version 6 Ed25519 primary key that
 * only certifies, one user id, which is the canonical address, a signing subkey for each device,
 * and X25519 encryption subkeys of which one is current.
 *
 * <p>Decoding verifies every signature in it, so that using it needs none: decode once and keep it.
 * Immutable and safe for any number of threads.
 */
public final class UserCertificate {
  /** Largest certificate in octets; a larger one is refused before it is parsed (T21). */
  public static final int MAX_SIZE_OCTETS = 64 * 1024;

  private final Bytes encoded;
  private final KeyPacket primary;
  private final PGPPublicKey primaryKey;
  private final Address address;
  private final KeyLife life;
  private final List<Subkey> subkeys;

  UserCertificate(
      Bytes encoded,
      KeyPacket primary,
      PGPPublicKey primaryKey,
      Address address,
      KeyLife life,
      List<Subkey> subkeys) {
    this.encoded = encoded;
    this.primary = primary;
    this.primaryKey = primaryKey;
    this.address = address;
    this.life = life;
    this.subkeys = subkeys;
  }

  /**
   * Reads a certificate as it stands in a {@code kp-address} record.
   *
   * @throws RefusedException {@code user_certificate_invalid} when it is larger than {@value
   *     #MAX_SIZE_OCTETS} octets, is not of the form above, holds a certification by anybody else,
   *     or has a signature that does not verify
   */
  public static UserCertificate decode(Bytes data) {
    if (data.size() > MAX_SIZE_OCTETS) {
      throw refused(
          "a certificate of " + data.size() + " octets, more than " + MAX_SIZE_OCTETS, null);
    }
    try {
      return CertificateReader.read(data);
    } catch (MalformedPacketException e) {
      throw refused(e.detail(), e);
    } catch (PGPException | IOException | RuntimeException e) {
      // The library throws what it likes at hostile octets.
      throw refused("not an OpenPGP certificate", e);
    }
  }

  private static RefusedException refused(String detail, @Nullable Throwable cause) {
    return new RefusedException(Refusal.of(RefusalCode.USER_CERTIFICATE_INVALID, detail), cause);
  }

  /** The octets that were decoded. */
  public Bytes encode() {
    return encoded;
  }

  /** Version 6 fingerprint of the primary key, 32 octets. */
  public Bytes fingerprint() {
    return primary.fingerprint();
  }

  /** The address that this certificate is for. */
  public Address address() {
    return address;
  }

  /** When the primary key is good. */
  public KeyLife life() {
    return life;
  }

  /** Every subkey, those that are past their life or revoked too. */
  public List<Subkey> subkeys() {
    return subkeys;
  }

  /** The subkey with this version 6 fingerprint. */
  public Optional<Subkey> subkey(Bytes fingerprint) {
    return subkeys.stream().filter(s -> s.fingerprint().equals(fingerprint)).findFirst();
  }

  /** The signing subkeys that are good at {@code time}, one for each device. */
  public List<Subkey.Signing> signingSubkeys(Instant time) {
    return subkeys.stream()
        .filter(Subkey.Signing.class::isInstance)
        .map(Subkey.Signing.class::cast)
        .filter(s -> s.life().at(time) == KeyLife.State.VALID)
        .toList();
  }

  /**
   * The one subkey to encrypt to at {@code time}: the newest that is good then.
   *
   * @throws RefusedException {@code recipient_key_unusable} when there is none
   */
  public Subkey.Encryption currentEncryptionKey(Instant time) {
    return encryptionKeyAt(time)
        .orElseThrow(
            () ->
                RefusedException.of(
                    RefusalCode.RECIPIENT_KEY_UNUSABLE,
                    "the certificate of "
                        + address
                        + " has no encryption subkey that is good at "
                        + time));
  }

  /**
   * The subkey of {@link #currentEncryptionKey}; empty where there is none that is good, as when
   * its owner has revoked all of them.
   */
  public Optional<Subkey.Encryption> encryptionKeyAt(Instant time) {
    return subkeys.stream()
        .filter(Subkey.Encryption.class::isInstance)
        .map(Subkey.Encryption.class::cast)
        .filter(s -> s.life().at(time) == KeyLife.State.VALID)
        .max(Comparator.comparing(Subkey.Encryption::created).thenComparing(Subkey::fingerprint));
  }

  /**
   * Checks that this certificate may take the place of {@code previous}: same primary key and
   * address, and nothing that the previous one had is lost, a revocation least of all.
   *
   * @throws RefusedException {@code user_certificate_invalid} when it may not
   */
  public void requireSuccessorOf(UserCertificate previous) {
    if (!fingerprint().equals(previous.fingerprint()) || !address.equals(previous.address)) {
      throw refused("another primary key or address", null);
    }
    if (losesRevocation(previous.life, life)) {
      throw refused("the primary key's revocation is gone", null);
    }
    var mine = subkeys.stream().collect(Collectors.toMap(Subkey::fingerprint, Function.identity()));
    for (Subkey old : previous.subkeys) {
      Subkey same = mine.get(old.fingerprint());
      if (same == null || losesRevocation(old.life(), same.life())) {
        throw refused("a subkey or its revocation is gone", null);
      }
    }
  }

  /**
   * The keys that this certificate revokes as compromised and {@code previous} did not: the primary
   * key alone when it is among them, since it ends all that it binds (KP-KEY-5).
   *
   * @return version 6 fingerprints
   */
  public List<Bytes> compromisedSince(UserCertificate previous) {
    if (isCompromised(life)) {
      return isCompromised(previous.life) ? List.of() : List.of(fingerprint());
    }
    return subkeys.stream()
        .filter(key -> isCompromised(key.life()))
        .map(Subkey::fingerprint)
        .filter(key -> previous.subkey(key).filter(old -> isCompromised(old.life())).isEmpty())
        .toList();
  }

  private static boolean isCompromised(KeyLife life) {
    return life.revocation().filter(r -> r.reason() == RevocationReason.COMPROMISED).isPresent();
  }

  private static boolean losesRevocation(KeyLife before, KeyLife after) {
    return before.revocation().isPresent()
        && !KeyLife.worst(before.revocation(), after.revocation()).equals(after.revocation());
  }

  KeyPacket primaryPacket() {
    return primary;
  }

  PGPPublicKey primaryKey() {
    return primaryKey;
  }

  /** Certificates are equal when their octets are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof UserCertificate that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  @Override
  public String toString() {
    return "UserCertificate[" + address + " " + fingerprint().hex() + "]";
  }
}
