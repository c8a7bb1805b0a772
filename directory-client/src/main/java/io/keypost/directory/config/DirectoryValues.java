package io.keypost.directory.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** {@code keypost.directory} of the provider file. */
public interface DirectoryValues {
  /**
   * Networks that are connected to when DNS or records of others name them, separated by commas;
   * all public addresses if absent.
   */
  Optional<String> allowedNetworks();

  /** Ports and ranges of ports that are connected to, separated by commas; 443 if absent. */
  Optional<String> allowedPorts();

  /** A verified record is asked for anew after this time; 1 min if absent. */
  Optional<Duration> refreshAfter();

  /**
   * File with certificates (PEM) of CAs that are trusted besides the platform's where a public CA
   * is: for a key server's host name, and to confirm a pin over HTTPS. None if absent.
   */
  Optional<Path> additionalTrustFile();

  /** Port of {@code https://keypost.<domain>}, where a pin is confirmed; 443 if absent. */
  Optional<Integer> confirmationPort();
}
