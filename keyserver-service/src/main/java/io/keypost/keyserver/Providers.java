package io.keypost.keyserver;

import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.limit.Limits;
import io.keypost.keyserver.limit.TokenBuckets;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What is handed to the plain classes: time, randomness, keys, limits. */
@Singleton
class Providers {
  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  @Produces
  @Singleton
  SecureRandom random() {
    return new SecureRandom();
  }

  @Produces
  @Singleton
  KeyVault vault(
      @ConfigProperty(name = "keypost.key-encryption-key-file") Path file, SecureRandom random) {
    try {
      return new KeyVault(
          KeyEncryptionKey.parseBase64(Files.readString(file, StandardCharsets.US_ASCII)), random);
    } catch (IOException e) {
      throw new UncheckedIOException("keypost.key-encryption-key-file cannot be read: " + file, e);
    }
  }

  @Produces
  @Singleton
  Limits limits(KeyServerConfig config, InstantSource clock) {
    KeyServerConfig.Limits limits = config.limits();
    return new Limits(
        new TokenBuckets(limits.burst(), limits.perSecond(), limits.callers(), clock));
  }

  @Produces
  @Singleton
  Operator operator(@ConfigProperty(name = "keypost.operator") String domain) {
    return new Operator(MailDomain.parse(domain));
  }

  /** {@code keypost.payloads.max-payload-bytes}, octets; 100 MiB if absent, as at the ingress. */
  @Produces
  @Singleton
  ProviderLimits providerLimits(
      @ConfigProperty(name = "keypost.payloads.max-payload-bytes", defaultValue = "104857600")
          long maxPayloadBytes) {
    return new ProviderLimits(maxPayloadBytes);
  }
}
