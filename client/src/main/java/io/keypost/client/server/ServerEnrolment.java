package io.keypost.client.server;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.json.Json;
import io.keypost.client.json.Problems;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.identity.IdentityDirectory;
import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.KeyProtection;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a server's keys here, has its operator's key server certify them, and writes the identity
 * directory. The secret keys never leave this machine.
 */
public final class ServerEnrolment {
  private final DirectoryClient directory;
  private final SecureRandom random;

  /**
   * @param directory finds the operator's key server and verifies that it is the one
   */
  public ServerEnrolment(DirectoryClient directory, SecureRandom random) {
    this.directory = directory;
    this.random = random;
  }

  private record Certificates(
      @Nullable List<String> server_certificates,
      @Nullable List<String> receipt_certificates,
      @Nullable String root) {}

  /**
   * Enrols a server.
   *
   * @param operator the operator's domain
   * @param code one-time code, which says for which service and hosts
   * @param identity directory to write; what was there is replaced
   * @param receipts key-encryption key of the provider, when the service signs receipts too
   * @return the identity as it was written
   * @throws RefusedException {@code code_invalid} and others
   */
  public ServerIdentity enrol(
      MailDomain operator, String code, Path identity, Optional<KeyEncryptionKey> receipts) {
    KeyPair server = P256.generate(random);
    Optional<KeyPair> receipt = receipts.map(kek -> P256.generate(random));
    Certificates certificates = request(operator, code, server, receipt);
    X509Certificate root = CertificateCodec.fromPem(Json.required(certificates.root, "root"));
    List<X509Certificate> chain = chain(certificates.server_certificates, "server_certificates");
    List<X509Certificate> full = new ArrayList<>(chain);
    full.add(root);
    ServerIdentity made = checked(() -> new ServerIdentity(operator, full, server.getPrivate()));
    PrivateFiles.createDirectory(identity);
    if (receipt.isPresent() && receipts.isPresent()) {
      writeReceipt(
          identity,
          chain(certificates.receipt_certificates, "receipt_certificates"),
          receipt.get(),
          receipts.get());
    }
    PrivateFiles.write(identity.resolve(ServerIdentity.OPERATOR_FILE), operator.value() + "\n");
    PrivateFiles.write(identity.resolve(ServerIdentity.ROOT_FILE), CertificateCodec.toPem(root));
    PrivateFiles.write(identity.resolve(ServerIdentity.KEY_FILE), P256.toPem(server.getPrivate()));
    // Last of the files: a service takes the directory for complete when this is there.
    PrivateFiles.write(identity.resolve(ServerIdentity.CHAIN_FILE), CertificateCodec.toPem(chain));
    IdentityDirectory.enrolled(identity);
    return made;
  }

  private void writeReceipt(
      Path identity, List<X509Certificate> chain, KeyPair keys, KeyEncryptionKey kek) {
    ReceiptIdentity made = checked(() -> new ReceiptIdentity(chain, keys.getPrivate()));
    PrivateFiles.write(
        identity.resolve(ReceiptIdentity.KEY_FILE),
        KeyProtection.wrapToPem(made.key(), kek, random));
    PrivateFiles.write(
        identity.resolve(ReceiptIdentity.CHAIN_FILE), CertificateCodec.toPem(made.chain()));
  }

  private Certificates request(
      MailDomain operator, String code, KeyPair server, Optional<KeyPair> receipt) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("code", code);
    body.put(
        "server_request",
        CertificateRequest.make(operator, CertificateUse.SERVER, server, random).toPem());
    receipt.ifPresent(
        keys ->
            body.put(
                "receipt_request",
                CertificateRequest.make(operator, CertificateUse.RECEIPT, keys, random).toPem()));
    PeerAnswer answer =
        Waiting.on(
            directory.askKeyServer(
                operator,
                PeerRequest.post(
                    "/v1/server-enrolments", "application/json", Bytes.utf8(Json.write(body)))));
    if (!answer.isSuccess()) {
      throw Problems.of(answer.status(), answer.body());
    }
    return Json.read(answer.body(), Certificates.class);
  }

  private static List<X509Certificate> chain(@Nullable List<String> pems, String name) {
    return Json.required(pems, name).stream().map(CertificateCodec::fromPem).toList();
  }

  private static <T> T checked(Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_UNTRUSTED,
          "the key server's certificates do not fit: " + e.getMessage(),
          e);
    }
  }
}
