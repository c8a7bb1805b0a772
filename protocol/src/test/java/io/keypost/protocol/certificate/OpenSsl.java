package io.keypost.protocol.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSL as the second implementation that reads certificates, where the machine has it. */
public final class OpenSsl {
  private static final long DEADLINE_SECONDS = 30;

  private final Path folder;

  /**
   * @param folder for the files that it is given, empty at first
   */
  public OpenSsl(Path folder) {
    this.folder = folder;
  }

  /** Skips the test, and says so aloud, where there is no OpenSSL. */
  public static void assumePresent() {
    boolean present =
        List.of(System.getenv("PATH").split(":")).stream()
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "openssl")));
    if (!present) {
      System.out.println("SKIPPED: no openssl on the PATH, so nothing was compared with it");
    }
    assumeTrue(present, "no openssl on the PATH");
  }

  /**
   * What {@code openssl verify} says of a chain: ends in "leaf.pem: OK" when it is good.
   *
   * @param untrusted the certificates between leaf and root
   * @param options further arguments
   */
  public String verify(
      X509Certificate leaf,
      List<X509Certificate> untrusted,
      X509Certificate root,
      Instant now,
      String... options)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("verify", "-x509_strict", "-auth_level", "2", "-attime"));
    arguments.add(Long.toString(now.getEpochSecond()));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("-CAfile", write("root.pem", CertificateCodec.toPem(root))));
    if (!untrusted.isEmpty()) {
      arguments.addAll(
          List.of("-untrusted", write("untrusted.pem", CertificateCodec.toPem(untrusted))));
    }
    arguments.add(write("leaf.pem", CertificateCodec.toPem(leaf)));
    return run(arguments.toArray(String[]::new));
  }

  /** All that it says, on either stream, of one command. */
  public String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.UTF_8).strip();
  }

  /** Writes a file for it and gives its path. */
  public String write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }
}
