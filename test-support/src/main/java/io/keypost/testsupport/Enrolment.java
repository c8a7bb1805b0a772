package io.keypost.testsupport;

import io.keypost.directory.identity.ReceiptIdentity;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.KeyEncryptionKey;
import io.keypost.protocol.certificate.KeyProtection;
import io.keypost.protocol.certificate.P256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Writes what {@code keypost server enrol} writes into a service's identity directory. */
public final class Enrolment {
  private Enrolment() {}

  /** The key and certificates that the service shows to peers. */
  public static void write(ServerIdentity identity, Path directory) {
    try {
      int root = identity.chain().size() - 1;
      Files.writeString(
          directory.resolve(ServerIdentity.OPERATOR_FILE), identity.operator().value());
      Files.writeString(
          directory.resolve(ServerIdentity.ROOT_FILE),
          CertificateCodec.toPem(identity.chain().get(root)));
      Files.writeString(
          directory.resolve(ServerIdentity.CHAIN_FILE),
          CertificateCodec.toPem(identity.chain().subList(0, root)));
      Files.writeString(directory.resolve(ServerIdentity.KEY_FILE), P256.toPem(identity.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The key that receipts are signed with, wrapped with the key in {@code keyEncryptionKey}. */
  public static void write(ReceiptIdentity receipts, Path keyEncryptionKey, Path directory) {
    try {
      KeyEncryptionKey kek = KeyEncryptionKey.parseBase64(Files.readString(keyEncryptionKey));
      Files.writeString(
          directory.resolve(ReceiptIdentity.KEY_FILE),
          KeyProtection.wrapToPem(receipts.key(), kek, new SecureRandom()));
      Files.writeString(
          directory.resolve(ReceiptIdentity.CHAIN_FILE), CertificateCodec.toPem(receipts.chain()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
