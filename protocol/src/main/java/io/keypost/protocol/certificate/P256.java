package io.keypost.protocol.certificate;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Keys on NIST P-256 (RFC 5480, named curve, uncompressed point), the only curve of certificates
 * and records. Keys that come out are the platform's own kind, which every TLS stack takes.
 */
public final class P256 {
  /** Largest encoded key that is read, in octets; a genuine one has 91 or about 140. */
  public static final int MAX_KEY_OCTETS = 1024;

  /** Octets that {@link #derive} takes: 128 bits more than a scalar has. */
  public static final int DERIVATION_OCTETS = 48;

  private static final int POINT_OCTETS = 65;
  private static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, X9ObjectIdentifiers.prime256v1);
  private static final X9ECParameters CURVE =
      ECNamedCurveTable.getByOID(X9ObjectIdentifiers.prime256v1);

  private P256() {}

  /** A new pair from {@code random}. */
  public static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every supported Java platform has P-256", e);
    }
  }

  /**
   * The pair whose secret is made of derived octets, with so many of them that no scalar is
   * likelier than another (FIPS 186-5 appendix A.2.1).
   *
   * @param octets {@value #DERIVATION_OCTETS} of a key derivation
   */
  public static KeyPair derive(Bytes octets) {
    if (octets.size() != DERIVATION_OCTETS) {
      throw new IllegalArgumentException("a key is derived from " + DERIVATION_OCTETS + " octets");
    }
    BigInteger scalar =
        new BigInteger(1, octets.toByteArray())
            .mod(CURVE.getN().subtract(BigInteger.ONE))
            .add(BigInteger.ONE);
    ECPoint point = CURVE.getG().multiply(scalar).normalize();
    try {
      AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(new ECGenParameterSpec("secp256r1"));
      ECParameterSpec spec = curve.getParameterSpec(ECParameterSpec.class);
      KeyFactory keys = KeyFactory.getInstance("EC");
      return new KeyPair(
          keys.generatePublic(
              new ECPublicKeySpec(
                  new java.security.spec.ECPoint(
                      point.getAffineXCoord().toBigInteger(),
                      point.getAffineYCoord().toBigInteger()),
                  spec)),
          keys.generatePrivate(new ECPrivateKeySpec(scalar, spec)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every supported Java platform has P-256", e);
    }
  }

  /** PKCS#8 (RFC 5958), in the clear. */
  public static Bytes encode(PrivateKey key) {
    return Bytes.copyOf(key.getEncoded());
  }

  /** SubjectPublicKeyInfo (RFC 5480). */
  public static Bytes encode(PublicKey key) {
    return Bytes.copyOf(key.getEncoded());
  }

  /**
   * Reads PKCS#8.
   *
   * @throws RefusedException {@code secret_key_unusable} when it is no P-256 key
   */
  public static PrivateKey decodePrivate(Bytes pkcs8) {
    requireBounded(pkcs8, RefusalCode.SECRET_KEY_UNUSABLE);
    try {
      PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8.toByteArray());
      if (!info.getPrivateKeyAlgorithm().equals(ALGORITHM)) {
        throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "not a P-256 key");
      }
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toByteArray()));
      requireInRange((ECPrivateKey) key);
      return key;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw asRefusal(e, RefusalCode.SECRET_KEY_UNUSABLE, "not a P-256 secret key");
    }
  }

  /**
   * Reads SubjectPublicKeyInfo.
   *
   * @throws RefusedException {@code certificate_malformed} when it is not a point of P-256,
   *     uncompressed and under the curve's name
   */
  public static PublicKey decodePublic(Bytes spki) {
    requireBounded(spki, RefusalCode.CERTIFICATE_MALFORMED);
    try {
      SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(spki.toByteArray());
      if (!Arrays.equals(info.getEncoded(ASN1Encoding.DER), spki.toByteArray())) {
        throw RefusedException.of(RefusalCode.CERTIFICATE_MALFORMED, "the key is not in DER");
      }
      requirePoint(info);
      return KeyFactory.getInstance("EC")
          .generatePublic(new X509EncodedKeySpec(spki.toByteArray()));
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw asRefusal(e, RefusalCode.CERTIFICATE_MALFORMED, "not a P-256 public key");
    }
  }

  /** Refuses what is not an uncompressed point of the named curve. */
  static void requirePoint(SubjectPublicKeyInfo info) {
    byte[] point = info.getPublicKeyData().getOctets();
    if (!info.getAlgorithm().equals(ALGORITHM) || point.length != POINT_OCTETS || point[0] != 4) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_MALFORMED, "a key that is not an uncompressed point of P-256");
    }
    try {
      ECPoint decoded = CURVE.getCurve().decodePoint(point);
      if (!decoded.isInfinity() && decoded.isValid()) {
        return;
      }
    } catch (RuntimeException e) {
      throw asRefusal(e, RefusalCode.CERTIFICATE_MALFORMED, "a point that is not on the curve");
    }
    throw RefusedException.of(
        RefusalCode.CERTIFICATE_MALFORMED, "a point that is not on the curve");
  }

  /** Whether the two keys belong together. */
  public static boolean matches(PrivateKey secret, PublicKey shared) {
    if (!(secret instanceof ECPrivateKey ours) || !(shared instanceof ECPublicKey theirs)) {
      return false;
    }
    ECPoint derived = CURVE.getG().multiply(ours.getS()).normalize();
    return derived.getAffineXCoord().toBigInteger().equals(theirs.getW().getAffineX())
        && derived.getAffineYCoord().toBigInteger().equals(theirs.getW().getAffineY());
  }

  /** PEM of PKCS#8 in the clear: for keys whose file is the protection (mode 0600). */
  public static String toPem(PrivateKey key) {
    return Pem.write(Pem.PRIVATE_KEY, key.getEncoded());
  }

  /** PEM of SubjectPublicKeyInfo. */
  public static String toPem(PublicKey key) {
    return Pem.write(Pem.PUBLIC_KEY, key.getEncoded());
  }

  /**
   * Reads {@link #toPem(PrivateKey)}.
   *
   * @throws RefusedException {@code secret_key_unusable}
   */
  public static PrivateKey privateFromPem(String pem) {
    return decodePrivate(Pem.readOne(Pem.PRIVATE_KEY, pem, RefusalCode.SECRET_KEY_UNUSABLE));
  }

  /**
   * Reads {@link #toPem(PublicKey)}.
   *
   * @throws RefusedException {@code certificate_malformed}
   */
  public static PublicKey publicFromPem(String pem) {
    return decodePublic(Pem.readOne(Pem.PUBLIC_KEY, pem, RefusalCode.CERTIFICATE_MALFORMED));
  }

  private static void requireInRange(ECPrivateKey key) {
    if (key.getS().signum() <= 0 || key.getS().compareTo(CURVE.getN()) >= 0) {
      throw RefusedException.of(RefusalCode.SECRET_KEY_UNUSABLE, "a scalar out of range");
    }
  }

  private static void requireBounded(Bytes encoded, RefusalCode code) {
    if (encoded.size() > MAX_KEY_OCTETS) {
      throw RefusedException.of(code, "a key of " + encoded.size() + " octets");
    }
  }

  private static RefusedException asRefusal(Exception e, RefusalCode code, String detail) {
    return e instanceof RefusedException refused ? refused : RefusedException.of(code, detail, e);
  }
}
