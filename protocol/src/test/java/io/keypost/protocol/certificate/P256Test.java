package io.keypost.protocol.certificate;

import static io.keypost.protocol.certificate.CertificateCheck.assertRefused;
import static io.keypost.protocol.certificate.TestAuthority.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.refusal.RefusalCode;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;

class P256Test {
  private final KeyPair keys = P256.generate(RANDOM);

  @Test
  void readsBackWhatItWrites() {
    assertThat(P256.decodePrivate(P256.encode(keys.getPrivate()))).isEqualTo(keys.getPrivate());
    assertThat(P256.decodePublic(P256.encode(keys.getPublic()))).isEqualTo(keys.getPublic());
    assertThat(P256.privateFromPem(P256.toPem(keys.getPrivate()))).isEqualTo(keys.getPrivate());
    assertThat(P256.publicFromPem(P256.toPem(keys.getPublic()))).isEqualTo(keys.getPublic());
  }

  @Test
  void knowsWhichKeysBelongTogether() {
    KeyPair other = P256.generate(RANDOM);

    assertThat(P256.matches(keys.getPrivate(), keys.getPublic())).isTrue();
    assertThat(P256.matches(keys.getPrivate(), other.getPublic())).isFalse();
  }

  @Test
  void refusesAPointThatIsNotOnTheCurve() {
    byte[] altered = P256.encode(keys.getPublic()).toByteArray();
    altered[altered.length - 1] ^= 1;

    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED,
        "not on the curve",
        () -> P256.decodePublic(Bytes.copyOf(altered)));
  }

  @Test
  void refusesKeysOfOtherKinds() throws Exception {
    KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    KeyPair ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    assertRefused(
        RefusalCode.CERTIFICATE_MALFORMED,
        "P-256",
        () -> P256.decodePublic(P256.encode(ed25519.getPublic())));
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "not a P-256 key",
        () -> P256.decodePrivate(P256.encode(ed25519.getPrivate())));
    assertRefused(
        RefusalCode.SECRET_KEY_UNUSABLE,
        "a key of",
        () -> P256.decodePrivate(P256.encode(rsa.getPrivate())));
  }

  @Test
  void refusesPemOfAnotherTypeTwoObjectsAndHeaders() {
    String pem = P256.toPem(keys.getPublic());
    for (String text :
        new String[] {
          P256.toPem(keys.getPrivate()),
          pem + pem,
          pem.replace("-----\nM", "-----\nProc-Type: 4,ENCRYPTED\n\nM"),
          " ".repeat(Pem.MAX_CHARACTERS + 1)
        }) {
      assertRefused(RefusalCode.CERTIFICATE_MALFORMED, "", () -> P256.publicFromPem(text));
    }
  }
}
