package io.keypost.directory.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the identity that there is when a handshake begins, so that a certificate renewed on disk
 * is used without opening anything anew. Without one, no certificate is shown.
 *
 * <p>An alias is the digest of the leaf, so that the key and the chain of one handshake belong
 * together even when the identity changes in its middle.
 */
public final class IdentityKeyManager extends X509ExtendedKeyManager {
  private static final String KEY_TYPE = "EC";

  private final Supplier<Optional<ServerIdentity>> identity;

  /** Asks {@code identity} in every handshake; it must not block. */
  public IdentityKeyManager(Supplier<Optional<ServerIdentity>> identity) {
    this.identity = identity;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasOfAny(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasOfAny(keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return named(alias).map(i -> i.chain().toArray(X509Certificate[]::new)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return named(alias).map(ServerIdentity::key).orElse(null);
  }

  private @Nullable String aliasOfAny(String[] keyTypes) {
    for (String keyType : keyTypes) {
      String alias = alias(keyType);
      if (alias != null) {
        return alias;
      }
    }
    return null;
  }

  private @Nullable String alias(String keyType) {
    return KEY_TYPE.equals(keyType)
        ? identity.get().map(ServerIdentity::toString).orElse(null)
        : null;
  }

  private Optional<ServerIdentity> named(String alias) {
    return identity.get().filter(i -> i.toString().equals(alias));
  }
}
