package io.keypost.client.home;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.config.DirectoryConfiguration;
import io.keypost.directory.dns.DnsSettings;
import io.keypost.directory.net.AllowedTargets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How this client looks names up and what it connects to.
 *
 * @param dnsServers as {@code 127.0.0.1:5353,[::1]:53}; those of the system if absent
 * @param trustAnchorFile DNSSEC trust anchor, DS or DNSKEY records; that of the public root zone if
 *     absent
 * @param allowedNetworks as {@code 127.0.0.0/8}; all public addresses if absent
 * @param allowedPorts as {@code 443,8000-8100}; 443 if absent
 */
public record ClientSettings(
    Optional<String> dnsServers,
    Optional<Path> trustAnchorFile,
    Optional<String> allowedNetworks,
    Optional<String> allowedPorts) {
  /** The usual ones. */
  public static ClientSettings usual() {
    return new ClientSettings(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** These where they say something, those of {@code other} where they do not. */
  public ClientSettings or(ClientSettings other) {
    return new ClientSettings(
        dnsServers.or(other::dnsServers),
        trustAnchorFile.or(other::trustAnchorFile),
        allowedNetworks.or(other::allowedNetworks),
        allowedPorts.or(other::allowedPorts));
  }

  /**
   * The directory client's form of them.
   *
   * @throws IllegalArgumentException for a value that cannot be used
   */
  public DirectorySettings directory() {
    return DirectorySettings.of(
        DnsSettings.of(
            dnsServers.map(DirectoryConfiguration::servers).orElse(List.of()),
            trustAnchorFile.map(PrivateFiles::text).orElseGet(DnsSettings::rootTrustAnchor),
            DnsSettings.DEFAULT_QUERY_TIMEOUT),
        AllowedTargets.parse(allowedNetworks, allowedPorts));
  }

  /**
   * Finds out before anything is begun that they cannot be used.
   *
   * @throws IllegalArgumentException for a value that cannot be used
   * @throws java.io.UncheckedIOException when the trust anchor cannot be read
   */
  public void requireUsable() {
    directory();
  }
}
