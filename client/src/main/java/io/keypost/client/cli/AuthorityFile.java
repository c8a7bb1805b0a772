package io.keypost.client.cli;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.json.Json;
import io.keypost.client.root.Authority;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How an answer of the root travels from the offline machine to the key server: one file. */
final class AuthorityFile {
  private AuthorityFile() {}

  private record Content(
      @Nullable String domain,
      @Nullable Long gen,
      @Nullable String root_key,
      @Nullable String root_certificate,
      @Nullable String ca_certificate,
      @Nullable String root_statement) {}

  static String write(Authority authority) {
    return Json.write(
        new Content(
            authority.domain().value(),
            authority.gen(),
            authority.rootKey().base64Url(),
            authority.rootCertificate(),
            authority.caCertificate(),
            authority.rootStatement()));
  }

  /**
   * Reads the file.
   *
   * @throws RefusedException {@code malformed_request} when it is another
   */
  static Authority read(Path file) {
    Bytes octets = PrivateFiles.read(file);
    try {
      return of(Json.read(octets, Content.class));
    } catch (RefusedException e) {
      throw RefusedException.of(
          RefusalCode.MALFORMED_REQUEST,
          file + " is not what keypost root sign or keypost root rotate wrote",
          e);
    }
  }

  private static Authority of(Content content) {
    return new Authority(
        MailDomain.parse(Json.required(content.domain, "domain")),
        Json.required(content.gen, "gen"),
        Digest.parseBase64Url(Json.required(content.root_key, "root_key")),
        Json.required(content.root_certificate, "root_certificate"),
        Json.required(content.ca_certificate, "ca_certificate"),
        Json.required(content.root_statement, "root_statement"));
  }
}
