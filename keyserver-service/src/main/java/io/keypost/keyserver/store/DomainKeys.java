package io.keypost.keyserver.store;

import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.authority.KeyVault.StoredKey;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of one domain that are in force, opened when they are used. */
public final class DomainKeys {
  private final Map<Use, AuthorityKeyRow> rows = new EnumMap<>(Use.class);
  private final KeyVault vault;

  /** Keys that are in force, opened with {@code vault}. */
  public DomainKeys(List<AuthorityKeyRow> inForce, KeyVault vault) {
    inForce.forEach(row -> rows.put(row.use, row));
    this.vault = vault;
  }

  /** The key of a use, if the domain has one. */
  public Optional<AuthorityKeyRow> row(Use use) {
    return Optional.ofNullable(rows.get(use));
  }

  /** The row of a use that a domain has once its authority was uploaded. */
  public AuthorityKeyRow ready(Use use) {
    return row(use).orElseThrow(DomainKeys::notReady);
  }

  /** Opens the key of a use. */
  public KeyPair open(Use use) {
    return open(ready(use), vault);
  }

  /** The certificate of a use. */
  public X509Certificate certificate(Use use) {
    return certificate(ready(use));
  }

  /** Opens a stored key. */
  public static KeyPair open(AuthorityKeyRow row, KeyVault vault) {
    return vault.open(new StoredKey(Bytes.copyOf(row.wrappedKey), Bytes.copyOf(row.publicKey)));
  }

  /** The certificate of a key that has one. */
  public static X509Certificate certificate(AuthorityKeyRow row) {
    byte[] der = row.certificate;
    if (der == null) {
      throw notReady();
    }
    return CertificateCodec.decode(Bytes.copyOf(der));
  }

  /** What is answered before the ceremony is over. */
  public static RefusedException notReady() {
    return RefusedException.of(
        RefusalCode.UNAVAILABLE, "the domain's authority was not uploaded yet");
  }
}
