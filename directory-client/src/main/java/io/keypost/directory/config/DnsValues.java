package io.keypost.directory.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** {@code keypost.dns} of the provider file. */
public interface DnsValues {
  /**
   * Recursive name servers as {@code address:port} separated by commas, port 53 if left out; those
   * of the system if absent.
   */
  Optional<String> servers();

  /** File with DS or DNSKEY records in master file form; the public root's if absent. */
  Optional<Path> trustAnchorFile();

  /** Wait for one server's answer to one query; 2 s if absent. */
  Optional<Duration> timeout();
}
