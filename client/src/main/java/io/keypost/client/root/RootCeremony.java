package io.keypost.client.root;

import io.keypost.client.home.PrivateFiles;
import io.keypost.client.json.Json;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateIssuer;
import io.keypost.protocol.certificate.CertificateRequest;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.certificate.KeyProtection;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.pin.Pin;
import io.keypost.protocol.record.RecordSigner;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes and uses a domain's root. Its directory holds {@code root.key} (PKCS#8 under the
 * passphrase), {@code root.pem}, {@code root.json} (the domain and the last statement's gen and
 * CAs) and a copy of each answer. The secret key never leaves {@code root.key}.
 */
public final class RootCeremony {
  /** How long a root statement is good; the next is signed well before. */
  public static final Duration STATEMENT_LIFE = Duration.ofDays(365);

  private static final String KEY_FILE = "root.key";
  private static final String CERTIFICATE_FILE = "root.pem";
  private static final String STATE_FILE = "root.json";

  private final Path directory;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * @param directory where root and answers are kept
   */
  public RootCeremony(Path directory, InstantSource clock, SecureRandom random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What is known of a root without its passphrase.
   *
   * @param gen of the last statement; 0 before the first
   */
  public record Root(MailDomain domain, long gen, X509Certificate certificate, Digest key) {}

  private record State(String domain, long gen, List<ListedCa> cas) {}

  private record ListedCa(String digest, long expiresEpochSecond) {}

  /**
   * Makes a root.
   *
   * @param passphrase protects the secret key
   * @throws RefusedException {@code conflict} when the directory has one: a root is never
   *     overwritten
   */
  public Root create(MailDomain domain, char[] passphrase) {
    if (Files.exists(directory.resolve(KEY_FILE))) {
      throw RefusedException.of(RefusalCode.CONFLICT, directory + " holds a root already");
    }
    KeyPair keys = P256.generate(random);
    X509Certificate certificate = CertificateIssuer.root(domain, keys, clock.instant(), random);
    PrivateFiles.createDirectory(directory);
    PrivateFiles.write(directory.resolve(CERTIFICATE_FILE), CertificateCodec.toPem(certificate));
    PrivateFiles.write(
        directory.resolve(STATE_FILE), Json.write(new State(domain.value(), 0, List.of())));
    // Last: a directory with a key is complete.
    PrivateFiles.write(
        directory.resolve(KEY_FILE), KeyProtection.protect(keys.getPrivate(), passphrase, random));
    return show();
  }

  /** What is in the directory. */
  public Root show() {
    X509Certificate certificate = CertificateCodec.fromPem(text(CERTIFICATE_FILE));
    State state = state();
    return new Root(
        MailDomain.parse(state.domain),
        state.gen,
        certificate,
        CertificateDigests.spki(certificate));
  }

  /**
   * Signs an operational CA's request, and a root statement that puts it in force; the statement's
   * gen is one above the last.
   *
   * @param requestPem the PKCS#10 request that the key server made
   * @throws RefusedException {@code certificate_…} when the request is another domain's or for
   *     another use, {@code secret_key_unusable} for a wrong passphrase
   */
  public Authority sign(String requestPem, char[] passphrase, CaHandover handover) {
    Root root = show();
    CertificateRequest request = CertificateRequest.fromPem(requestPem);
    requireFor(root.domain(), request);
    PrivateKey key = KeyProtection.unprotect(text(KEY_FILE), passphrase);
    Instant now = clock.instant();
    X509Certificate ca =
        new CertificateIssuer(root.certificate(), key, random)
            .operationalCa(request.publicKey(), now);
    List<ListedCa> listed = listed(ca, handover, now);
    long gen = root.gen() + 1;
    RootStatement statement =
        new RootStatement(
            root.domain(),
            gen,
            now,
            now.plus(STATEMENT_LIFE),
            Pin.LONGEST_MEMORY,
            listed.stream().map(c -> Digest.parseBase64Url(c.digest())).toList(),
            null);
    String signed = new RecordSigner(key, root.certificate(), random).sign(statement);
    Authority authority =
        new Authority(
            root.domain(),
            gen,
            root.key(),
            CertificateCodec.toPem(root.certificate()),
            CertificateCodec.toPem(ca),
            signed);
    PrivateFiles.write(directory.resolve("ca-" + gen + ".pem"), authority.caCertificate());
    PrivateFiles.write(directory.resolve("statement-" + gen + ".jws"), signed);
    PrivateFiles.write(
        directory.resolve(STATE_FILE), Json.write(new State(root.domain().value(), gen, listed)));
    return authority;
  }

  private static void requireFor(MailDomain domain, CertificateRequest request) {
    if (!request.domain().equals(domain)) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_NAME,
          "the request is for " + request.domain() + ", the root for " + domain);
    }
    if (request.use() != CertificateUse.OPERATIONAL_CA) {
      throw RefusedException.of(
          RefusalCode.CERTIFICATE_WRONG_USE,
          "a root signs requests of operational CAs, not " + request.use());
    }
  }

  private List<ListedCa> listed(X509Certificate ca, CaHandover handover, Instant now) {
    List<ListedCa> listed = new ArrayList<>();
    listed.add(
        new ListedCa(
            CertificateDigests.certificate(ca).base64Url(),
            ca.getNotAfter().toInstant().getEpochSecond()));
    switch (handover) {
      case KEEP_OTHERS ->
          state().cas().stream()
              .filter(c -> c.expiresEpochSecond() > now.getEpochSecond())
              .limit(RootStatement.MAX_CAS - 1L)
              .forEach(listed::add);
      case ONLY_THIS -> {}
    }
    return List.copyOf(listed);
  }

  private State state() {
    return Json.read(PrivateFiles.read(directory.resolve(STATE_FILE)), State.class);
  }

  private String text(String name) {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      throw RefusedException.of(RefusalCode.NOT_FOUND, "there is no root in " + directory);
    }
    return new String(PrivateFiles.read(file).toByteArray(), StandardCharsets.UTF_8);
  }
}
