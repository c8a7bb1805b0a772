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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes and uses a domain's root. Its directory holds {@code root.key} (PKCS#8 under a {@link
 * RootLock}), {@code root.pem}, {@code root.json} (the domain, the last statement's gen and CAs,
 * and the next root if one is announced) and a copy of each answer. The secret key never leaves
 * {@code root.key}. How one root follows another: {@link RootRotation}.
 */
public final class RootCeremony {
  /** How long a root statement is good; the next is signed well before. */
  public static final Duration STATEMENT_LIFE = Duration.ofDays(365);

  /** Where the next root is made. */
  static final String NEXT_DIRECTORY = "next";

  /** In {@link #NEXT_DIRECTORY}: that root has signed, and is to take its place. */
  static final String CHANGED_FILE = "changed";

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
   * @param announced the next root, when the last statement names one
   */
  public record Root(
      MailDomain domain,
      long gen,
      X509Certificate certificate,
      Digest key,
      Optional<Announced> announced) {}

  /**
   * An announced root.
   *
   * @param key digest of its public key
   * @param since when the announcement was signed
   */
  public record Announced(Digest key, Instant since) {}

  private record State(
      String domain,
      long gen,
      List<ListedCa> cas,
      @Nullable String next,
      @Nullable Long announcedEpochSecond) {
    Optional<Announced> announced() {
      return next == null || announcedEpochSecond == null
          ? Optional.empty()
          : Optional.of(
              new Announced(
                  Digest.parseBase64Url(next), Instant.ofEpochSecond(announcedEpochSecond)));
    }
  }

  private record ListedCa(String digest, long expiresEpochSecond) {}

  /**
   * Makes a root.
   *
   * @param passphrase protects the secret key
   * @throws RefusedException {@code conflict} when the directory has one: a root is never
   *     overwritten
   */
  public Root create(MailDomain domain, char[] passphrase) {
    return create(domain, RootLock.passphrase(passphrase));
  }

  /** As {@link #create(MailDomain, char[])}, under any lock. */
  public Root create(MailDomain domain, RootLock lock) {
    requireFree();
    KeyPair keys = P256.generate(random);
    X509Certificate certificate = CertificateIssuer.root(domain, keys, clock.instant(), random);
    PrivateFiles.createDirectory(directory);
    PrivateFiles.write(directory.resolve(CERTIFICATE_FILE), CertificateCodec.toPem(certificate));
    PrivateFiles.write(
        directory.resolve(STATE_FILE),
        Json.write(new State(domain.value(), 0, List.of(), null, null)));
    // Last: a directory with a key is complete.
    PrivateFiles.write(directory.resolve(KEY_FILE), lock.close(keys.getPrivate(), random));
    return show();
  }

  /**
   * Refuses a directory that has a root.
   *
   * @throws RefusedException {@code conflict}
   */
  public void requireFree() {
    if (exists()) {
      throw RefusedException.of(RefusalCode.CONFLICT, directory + " holds a root already");
    }
  }

  /** Whether the directory holds a root. */
  public boolean exists() {
    finishChange();
    return Files.exists(directory.resolve(KEY_FILE));
  }

  /** What is in the directory. */
  public Root show() {
    finishChange();
    X509Certificate certificate = CertificateCodec.fromPem(text(CERTIFICATE_FILE));
    State state = state();
    return new Root(
        MailDomain.parse(state.domain),
        state.gen,
        certificate,
        CertificateDigests.spki(certificate),
        state.announced());
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
    return sign(requestPem, RootLock.passphrase(passphrase), handover);
  }

  /**
   * Finds out without the secret key that {@link #sign(String, char[], CaHandover)} would refuse a
   * request.
   *
   * @throws RefusedException {@code not_found} when there is no root here, {@code certificate_…}
   *     when the request is none, another domain's or for another use
   */
  public void requireSignable(String requestPem) {
    requireFor(show().domain(), CertificateRequest.fromPem(requestPem));
  }

  /** As {@link #sign(String, char[], CaHandover)}, under any lock. */
  public Authority sign(String requestPem, RootLock lock, CaHandover handover) {
    Root root = show();
    CertificateRequest request = CertificateRequest.fromPem(requestPem);
    requireFor(root.domain(), request);
    PrivateKey key = lock.open(text(KEY_FILE));
    Instant now = clock.instant();
    X509Certificate ca =
        new CertificateIssuer(root.certificate(), key, random)
            .operationalCa(request.publicKey(), now);
    return state(root, key, ca, listed(ca, handover, now), root.announced());
  }

  /**
   * Signs a statement that changes nothing but to announce {@code next}.
   *
   * @throws RefusedException {@code conflict} before the first CA was signed
   */
  Authority announce(Digest next, RootLock lock) {
    Root root = show();
    Instant now = clock.instant();
    List<ListedCa> cas =
        state().cas().stream().filter(c -> c.expiresEpochSecond() > now.getEpochSecond()).toList();
    if (cas.isEmpty()) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, "this root has no operational CA in force: sign one first");
    }
    return state(
        root,
        lock.open(text(KEY_FILE)),
        certificate(cas.getFirst(), root.gen()),
        cas,
        Optional.of(new Announced(next, now)));
  }

  /** Signs the next statement, and keeps it and what it says. */
  private Authority state(
      Root root,
      PrivateKey key,
      X509Certificate ca,
      List<ListedCa> listed,
      Optional<Announced> announced) {
    Instant now = clock.instant();
    long gen = root.gen() + 1;
    RootStatement statement =
        new RootStatement(
            root.domain(),
            gen,
            now,
            now.plus(STATEMENT_LIFE),
            Pin.LONGEST_MEMORY,
            listed.stream().map(c -> Digest.parseBase64Url(c.digest())).toList(),
            announced.map(Announced::key).orElse(null));
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
        directory.resolve(STATE_FILE),
        Json.write(
            new State(
                root.domain().value(),
                gen,
                listed,
                announced.map(a -> a.key().base64Url()).orElse(null),
                announced.map(a -> a.since().getEpochSecond()).orElse(null))));
    return authority;
  }

  /** The certificate of a listed CA, from the copies of the answers. */
  private X509Certificate certificate(ListedCa ca, long lastGen) {
    for (long gen = lastGen; gen > 0; gen--) {
      Path file = directory.resolve("ca-" + gen + ".pem");
      if (Files.exists(file)) {
        X509Certificate found = CertificateCodec.fromPem(text("ca-" + gen + ".pem"));
        if (CertificateDigests.certificate(found).base64Url().equals(ca.digest())) {
          return found;
        }
      }
    }
    throw RefusedException.of(
        RefusalCode.NOT_FOUND, "the copy of the CA's certificate is gone from " + directory);
  }

  /** The first statement of a root that follows another goes on counting. */
  void startAt(long gen) {
    PrivateFiles.write(
        directory.resolve(STATE_FILE),
        Json.write(new State(show().domain().value(), gen, List.of(), null, null)));
  }

  /**
   * Puts the next root in the place of this one, if it has signed; goes on where an earlier attempt
   * was interrupted.
   */
  void finishChange() {
    Path next = directory.resolve(NEXT_DIRECTORY);
    Path changed = next.resolve(CHANGED_FILE);
    if (!Files.exists(changed)) {
      return;
    }
    Path retired = directory.resolve("retired-" + PrivateFiles.text(changed).strip());
    PrivateFiles.createDirectory(retired);
    for (String name : List.of(KEY_FILE, CERTIFICATE_FILE, STATE_FILE)) {
      if (Files.exists(next.resolve(name))) {
        if (Files.exists(directory.resolve(name)) && !Files.exists(retired.resolve(name))) {
          PrivateFiles.move(directory.resolve(name), retired.resolve(name));
        }
        PrivateFiles.move(next.resolve(name), directory.resolve(name));
      }
    }
    PrivateFiles.moveAll(next, directory, CHANGED_FILE);
    PrivateFiles.deleteDirectory(next);
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
    return PrivateFiles.json(directory.resolve(STATE_FILE), State.class);
  }

  private String text(String name) {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      throw RefusedException.of(RefusalCode.NOT_FOUND, "there is no root in " + directory);
    }
    return new String(PrivateFiles.read(file).toByteArray(), StandardCharsets.UTF_8);
  }
}
