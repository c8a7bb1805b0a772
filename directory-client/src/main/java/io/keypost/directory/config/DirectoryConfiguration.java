package io.keypost.directory.config;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DirectorySettings.Web;
import io.keypost.directory.dns.DnsSettings;
import io.keypost.directory.net.AllowedTargets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** From configured values to settings. */
public final class DirectoryConfiguration {
  private static final int DNS_PORT = 53;

  private DirectoryConfiguration() {}

  /**
   * Reads the values, and the trust anchor's file.
   *
   * @throws IllegalArgumentException for a value that cannot be used
   * @throws UncheckedIOException when the trust anchor cannot be read
   */
  public static DirectorySettings settings(DnsValues dns, DirectoryValues directory) {
    DirectorySettings settings =
        DirectorySettings.of(
            DnsSettings.of(
                dns.servers().map(DirectoryConfiguration::servers).orElse(List.of()),
                dns.trustAnchorFile()
                    .map(DirectoryConfiguration::read)
                    .orElseGet(DnsSettings::rootTrustAnchor),
                dns.timeout().orElse(DnsSettings.DEFAULT_QUERY_TIMEOUT)),
            AllowedTargets.parse(directory.allowedNetworks(), directory.allowedPorts()),
            directory.refreshAfter().orElse(DirectorySettings.DEFAULT_REFRESH_AFTER));
    return settings.with(web(directory.additionalTrustFile(), directory.confirmationPort()));
  }

  /**
   * How pins are confirmed over HTTPS.
   *
   * @param additionalTrustFile certificates in PEM
   * @throws IllegalArgumentException for a value that cannot be used
   * @throws UncheckedIOException when the file cannot be read
   */
  public static Web web(Optional<Path> additionalTrustFile, Optional<Integer> port) {
    return new Web(
        additionalTrustFile.map(DirectoryConfiguration::certificates).orElse(List.of()),
        port.orElse(Web.PUBLIC.port()));
  }

  /** Public CAs are not of the protocol's own form, so that the platform reads them. */
  private static List<X509Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (CertificateException e) {
      throw new IllegalArgumentException("no certificates in PEM: " + file, e);
    } catch (IOException e) {
      throw new UncheckedIOException("additional CAs cannot be read", e);
    }
  }

  /**
   * Reads {@code 127.0.0.1:5353,[::1]:53}.
   *
   * @throws IllegalArgumentException when it is not a list of addresses
   */
  public static List<InetSocketAddress> servers(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .map(DirectoryConfiguration::server)
        .toList();
  }

  private static InetSocketAddress server(String text) {
    String address = text;
    int port = DNS_PORT;
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    if (colon >= 0 && (bracketed ? text.charAt(colon - 1) == ']' : text.indexOf(':') == colon)) {
      address = text.substring(0, colon);
      try {
        port = Integer.parseInt(text.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not a DNS server: " + text, e);
      }
    }
    String literal = bracketed ? address.replaceAll("[\\[\\]]", "") : address;
    if (!literal.matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      // A name would have to be looked up before there is anything to look it up with.
      throw new IllegalArgumentException("a DNS server is an address, not " + text);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(literal), port);
    } catch (UnknownHostException | IllegalArgumentException e) {
      throw new IllegalArgumentException("not a DNS server: " + text, e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException("the DNSSEC trust anchor cannot be read", e);
    }
  }
}
