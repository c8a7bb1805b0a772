package io.keypost.stack.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Properties;
import org.xbill.DNS.Name;

/** A zone's key pair in a file, so that the same zone is signed by the same key after a restart. */
final class ZoneKeyFile {

  private ZoneKeyFile() {}

  static KeyPair loadOrCreate(Path directory, Name zone, SecureRandom random) {
    var file = directory.resolve((zone.equals(Name.root) ? "root" : zone.toString(true)) + ".key");
    try {
      if (Files.exists(file)) {
        return read(file);
      }
      var pair = ZoneKey.generate(random);
      write(file, pair);
      return pair;
    } catch (IOException e) {
      throw new UncheckedIOException("zone key " + file, e);
    }
  }

  private static KeyPair read(Path file) throws IOException {
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    try {
      var factory = KeyFactory.getInstance("EC");
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(field(properties, "public"))),
          factory.generatePrivate(new PKCS8EncodedKeySpec(field(properties, "private"))));
    } catch (GeneralSecurityException e) {
      throw new IOException("not a zone key: " + file, e);
    }
  }

  private static byte[] field(Properties properties, String name) {
    return Base64.getDecoder().decode(properties.getProperty(name, ""));
  }

  private static void write(Path file, KeyPair pair) throws IOException {
    var encoder = Base64.getEncoder();
    var text =
        "public=%s%nprivate=%s%n"
            .formatted(
                encoder.encodeToString(pair.getPublic().getEncoded()),
                encoder.encodeToString(pair.getPrivate().getEncoded()));
    var temporary =
        Files.createTempFile(
            file.getParent(),
            "key",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(temporary, text);
    Files.move(temporary, file);
  }
}
