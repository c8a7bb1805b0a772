package io.keypost.keyserver.management;

import io.keypost.keyserver.KeyServerConfig;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The secret of the operators' API: 256 random bits in a file that only its owner reads, made at
 * the first start. Instances that share a database share the file too, or each has its own.
 */
@Singleton
@Startup
public class AdminToken {
  /** Random octets of a new token. */
  public static final int SIZE_OCTETS = 32;

  private static final Logger LOG = Logger.getLogger(AdminToken.class);
  private static final String SCHEME = "Bearer ";

  private final Digest expected;

  @Inject
  AdminToken(KeyServerConfig config, SecureRandom random) {
    this(config.adminTokenFile(), random);
  }

  AdminToken(Path file, SecureRandom random) {
    try {
      if (!Files.exists(file)) {
        create(file, random);
      }
      String token = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (token.length() < SIZE_OCTETS) {
        throw new IllegalStateException("too short to be a secret: " + file);
      }
      expected = Digest.sha256(Bytes.utf8(token));
    } catch (IOException e) {
      throw new UncheckedIOException("keypost.keyserver.admin-token-file: " + file, e);
    }
  }

  /** Whether an {@code Authorization} header carries the token; in a time that tells nothing. */
  public boolean isCarriedBy(@Nullable String authorization) {
    if (authorization == null || !authorization.startsWith(SCHEME)) {
      return false;
    }
    Digest shown = Digest.sha256(Bytes.utf8(authorization.substring(SCHEME.length())));
    return MessageDigest.isEqual(shown.octets().toByteArray(), expected.octets().toByteArray());
  }

  /**
   * Written whole before it gets its name, which a second one never gets: whoever waits for the
   * file reads no half of it, and all who made one at once read the same.
   */
  private static void create(Path file, SecureRandom random) throws IOException {
    byte[] secret = new byte[SIZE_OCTETS];
    random.nextBytes(secret);
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Files.createDirectories(directory);
    Path part =
        Files.createTempFile(
            directory,
            "admin-token",
            ".part",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(part, Bytes.copyOf(secret).base64Url() + "\n", StandardCharsets.US_ASCII);
      Files.createLink(file, part);
      LOG.infof("made the operators' secret: %s", file);
    } catch (FileAlreadyExistsException e) {
      // Another instance was first, and may have read its own already: that one counts.
      LOG.debugf(e, "the operators' secret was made by another instance");
    } finally {
      Files.delete(part);
    }
  }
}
