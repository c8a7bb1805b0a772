package io.keypost.frame;

import io.keypost.directory.config.DirectoryValues;
import io.keypost.directory.config.DnsValues;
import io.smallrye.config.ConfigMapping;

/** What all services of a provider take from its file, beside {@code keypost.kafka}. */
public final class ProviderConfig {
  private ProviderConfig() {}

  /** {@code keypost.dns.*}. */
  @ConfigMapping(prefix = "keypost.dns")
  public interface Dns extends DnsValues {}

  /** {@code keypost.directory.*}. */
  @ConfigMapping(prefix = "keypost.directory")
  public interface Directory extends DirectoryValues {}
}
