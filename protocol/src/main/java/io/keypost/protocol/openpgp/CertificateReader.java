package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * Reads a certificate from left to right, each packet once, each signature verified where it
 * stands:
 *
 * <pre>
 *  primary key        (direct-key signature | key revocation)+      at least one direct-key signature
 *  user id            positive certification+
 *  ( subkey           (subkey binding | subkey revocation)+ )*      at least one binding
 * </pre>
 */
final class CertificateReader {
  /** Packets in one certificate: room for 60 subkeys with three signatures each. */
  static final int MAX_PACKETS = 256;

  /**
   * Signatures on one component; a renewal replaces a signature, so honest certificates have one or
   * two.
   */
  static final int MAX_SIGNATURES_ON_A_COMPONENT = 8;

  private final List<Packets.Packet> packets;
  private int next;

  private CertificateReader(List<Packets.Packet> packets) {
    this.packets = packets;
  }

  static UserCertificate read(Bytes data)
      throws MalformedPacketException, PGPException, IOException {
    return new CertificateReader(Packets.readAll(data, MAX_PACKETS))
        .read(data, new BcPGPContentVerifierBuilderProvider());
  }

  private UserCertificate read(Bytes data, BcPGPContentVerifierBuilderProvider verifiers)
      throws MalformedPacketException, PGPException, IOException {
    KeyPacket primary = KeyPacket.read(take(Packets.TAG_PUBLIC_KEY).body());
    if (primary.algorithm() != Profile.SIGNING_ALGORITHM) {
      throw new MalformedPacketException("a primary key that is not Ed25519");
    }
    Verifier verifier = new Verifier(primary, primary.asPrimary(), verifiers);
    KeyLife primaryLife = readPrimary(verifier);
    Address address = readUserId(verifier);
    List<Subkey> subkeys = new ArrayList<>();
    Set<Bytes> fingerprints = new HashSet<>(Set.of(primary.fingerprint()));
    while (next < packets.size()) {
      Subkey subkey = readSubkey(verifier, primaryLife);
      if (!fingerprints.add(subkey.fingerprint())) {
        throw new MalformedPacketException("a key occurs twice");
      }
      subkeys.add(subkey);
    }
    return new UserCertificate(
        data, primary, verifier.primaryKey, address, primaryLife, List.copyOf(subkeys));
  }

  private KeyLife readPrimary(Verifier verifier)
      throws MalformedPacketException, PGPException, IOException {
    Component component = new Component(verifier.primary.created());
    for (SignatureBody signature : takeSignatures()) {
      switch (signature.type()) {
        case PGPSignature.DIRECT_KEY -> {
          if (flags(signature) != Profile.PRIMARY_FLAGS) {
            throw new MalformedPacketException("a primary key that may do more than certify");
          }
          component.bindings.add(signature);
        }
        case PGPSignature.KEY_REVOCATION -> component.revocations.add(signature);
        default ->
            throw new MalformedPacketException("a signature that has no place on a primary key");
      }
      verifier.require(
          signature, s -> s.verifyCertification(verifier.primaryKey), verifier.primary.created());
    }
    return component.life();
  }

  private Address readUserId(Verifier verifier)
      throws MalformedPacketException, PGPException, IOException {
    Bytes userId = take(Packets.TAG_USER_ID).body();
    List<SignatureBody> signatures = takeSignatures();
    if (signatures.isEmpty()) {
      throw new MalformedPacketException("a user id that nobody certified");
    }
    for (SignatureBody signature : signatures) {
      if (signature.type() != PGPSignature.POSITIVE_CERTIFICATION) {
        throw new MalformedPacketException("a signature that has no place on a user id");
      }
      verifier.require(
          signature,
          s -> s.verifyCertification(userId.toByteArray(), verifier.primaryKey),
          verifier.primary.created());
    }
    String text = utf8(userId);
    Address address = Address.parse(text);
    if (!address.toString().equals(text)) {
      throw new MalformedPacketException("a user id that is not a canonical address");
    }
    return address;
  }

  private Subkey readSubkey(Verifier verifier, KeyLife primaryLife)
      throws MalformedPacketException, PGPException, IOException {
    KeyPacket packet = KeyPacket.read(take(Packets.TAG_PUBLIC_SUBKEY).body());
    PGPPublicKey key = packet.asSubkey();
    boolean signing = packet.algorithm() == Profile.SIGNING_ALGORITHM;
    Component component = new Component(packet.created());
    for (SignatureBody signature : takeSignatures()) {
      switch (signature.type()) {
        case PGPSignature.SUBKEY_BINDING -> {
          if (flags(signature) != (signing ? Profile.SIGNING_FLAGS : Profile.ENCRYPTION_FLAGS)) {
            throw new MalformedPacketException(
                "a subkey whose flags are not those of its algorithm");
          }
          requireBackSignature(verifier, signature, packet, key, signing);
          component.bindings.add(signature);
        }
        case PGPSignature.SUBKEY_REVOCATION -> component.revocations.add(signature);
        default -> throw new MalformedPacketException("a signature that has no place on a subkey");
      }
      verifier.require(
          signature, s -> s.verifyCertification(verifier.primaryKey, key), packet.created());
    }
    KeyLife life = component.life().within(primaryLife);
    return signing
        ? new Subkey.Signing(packet, key, life)
        : new Subkey.Encryption(packet, key, life);
  }

  /**
   * A signing subkey must have agreed, or somebody could adopt another user's key and claim what it
   * signs.
   */
  private static void requireBackSignature(
      Verifier verifier, SignatureBody binding, KeyPacket packet, PGPPublicKey key, boolean signing)
      throws MalformedPacketException, PGPException, IOException {
    Optional<Bytes> embedded = binding.find(SignatureSubpacketTags.EMBEDDED_SIGNATURE);
    if (embedded.isPresent() != signing) {
      throw new MalformedPacketException(
          "an embedded signature belongs to signing subkeys, and to each of them");
    }
    if (embedded.isPresent()) {
      SignatureBody back =
          SignatureBody.read(
              new Packets.Packet(Packets.TAG_SIGNATURE, embedded.get()),
              Profile.DETACHED_SUBPACKETS);
      if (back.type() != PGPSignature.PRIMARYKEY_BINDING) {
        throw new MalformedPacketException(
            "an embedded signature that is not a primary-key binding");
      }
      new Verifier(packet, key, verifier.verifiers)
          .require(back, s -> s.verifyCertification(verifier.primaryKey, key), packet.created());
    }
  }

  private Packets.Packet take(int tag) throws MalformedPacketException {
    if (next == packets.size() || packets.get(next).tag() != tag) {
      throw new MalformedPacketException("packet " + next + " is not of type " + tag);
    }
    return packets.get(next++);
  }

  private List<SignatureBody> takeSignatures() throws MalformedPacketException {
    List<SignatureBody> signatures = new ArrayList<>();
    while (next < packets.size() && packets.get(next).tag() == Packets.TAG_SIGNATURE) {
      if (signatures.size() == MAX_SIGNATURES_ON_A_COMPONENT) {
        throw new MalformedPacketException(
            "more than " + MAX_SIGNATURES_ON_A_COMPONENT + " signatures in a row");
      }
      signatures.add(SignatureBody.read(packets.get(next++), Profile.CERTIFICATE_SUBPACKETS));
    }
    return signatures;
  }

  private static int flags(SignatureBody signature) throws MalformedPacketException {
    Bytes flags =
        signature
            .find(SignatureSubpacketTags.KEY_FLAGS)
            .orElseThrow(() -> new MalformedPacketException("a binding without key flags"));
    if (flags.size() != 1) {
      throw new MalformedPacketException("key flags that this version does not know");
    }
    return flags.at(0);
  }

  private static String utf8(Bytes octets) throws MalformedPacketException {
    try {
      ByteBuffer buffer = octets.asByteBuffer();
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedPacketException("a user id that is not UTF-8");
    }
  }

  /** Signatures that one key must have made. */
  private record Verifier(
      KeyPacket primary, PGPPublicKey primaryKey, BcPGPContentVerifierBuilderProvider verifiers) {
    @FunctionalInterface
    interface Check {
      boolean verify(PGPSignature signature) throws PGPException;
    }

    void require(SignatureBody body, Check check, Instant notBefore)
        throws MalformedPacketException, PGPException, IOException {
      if (!body.issuer().equals(primary.fingerprint())) {
        throw new MalformedPacketException("a certification by a third party");
      }
      if (body.created().isBefore(notBefore)) {
        throw new MalformedPacketException("a signature from before its key");
      }
      PGPSignature signature = body.forVerification();
      signature.init(verifiers, primaryKey);
      if (!check.verify(signature)) {
        throw new MalformedPacketException("a signature of the certificate does not verify");
      }
    }
  }

  /** What the signatures on one key say of its life. */
  private static final class Component {
    private final Instant keyCreated;
    private final List<SignatureBody> bindings = new ArrayList<>();
    private final List<SignatureBody> revocations = new ArrayList<>();

    Component(Instant keyCreated) {
      this.keyCreated = keyCreated;
    }

    /** The newest binding decides when the key ends, the oldest since when it is bound. */
    KeyLife life() throws MalformedPacketException {
      Comparator<SignatureBody> byTime = Comparator.comparing(SignatureBody::created);
      SignatureBody newest =
          bindings.stream()
              .max(byTime)
              .orElseThrow(() -> new MalformedPacketException("a key that nothing binds"));
      SignatureBody oldest = bindings.stream().min(byTime).orElseThrow();
      Optional<KeyLife.Revocation> revocation = Optional.empty();
      for (SignatureBody r : revocations) {
        revocation =
            KeyLife.worst(
                revocation, Optional.of(new KeyLife.Revocation(r.created(), reasonOf(r))));
      }
      return new KeyLife(oldest.created(), expiry(newest), revocation);
    }

    private Optional<Instant> expiry(SignatureBody binding) throws MalformedPacketException {
      Optional<Bytes> life = binding.find(SignatureSubpacketTags.KEY_EXPIRE_TIME);
      if (life.isEmpty()) {
        return Optional.empty();
      }
      if (life.get().size() != 4) {
        throw new MalformedPacketException("a key expiration time that is not one");
      }
      long seconds = SignatureBody.uint32(life.get());
      // RFC 9580 section 5.2.3.13: zero means that the key does not expire.
      return seconds == 0 ? Optional.empty() : Optional.of(keyCreated.plusSeconds(seconds));
    }

    private static RevocationReason reasonOf(SignatureBody revocation) {
      return revocation
          .find(SignatureSubpacketTags.REVOCATION_REASON)
          .filter(reason -> !reason.isEmpty())
          .map(reason -> RevocationReason.of(reason.at(0)))
          .orElse(RevocationReason.COMPROMISED);
    }
  }
}
