package io.keypost.keyserver.authority;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.CertificateChecker;
import io.keypost.protocol.certificate.CertificateDigests;
import io.keypost.protocol.certificate.CertificateUse;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.RootStatement;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The offline root's answer to a request: its certificate, the operational CA's and the root
 * statement that puts that CA in force.
 *
 * @param domain whose
 * @param root the root certificate
 * @param ca the operational CA's certificate
 * @param statement the root statement, JWS
 */
public record AuthorityUpload(
    MailDomain domain, X509Certificate root, X509Certificate ca, String statement) {

  /**
   * What the domain has so far.
   *
   * @param gen generation of the newest statement
   * @param root digest of the key of the root that signed it
   * @param nextRoot digest of the key of the root that it announces
   * @param statement the statement itself
   */
  public record Standing(long gen, Digest root, @Nullable Digest nextRoot, String statement) {}

  /** How the upload relates to what the domain has. */
  public enum Novelty {
    /** A newer statement. */
    NEWER,
    /** The very statement that is in force: a repeated upload. */
    SAME
  }

  /**
   * An upload that was found good.
   *
   * @param statement what the statement says
   * @param novelty whether it is newer than what stands
   */
  public record Accepted(RootStatement statement, Novelty novelty) {}

  /**
   * Checks the upload by the rules that every asker of the domain will check it by (KP-CRT): what
   * is accepted here and refused elsewhere would cut the domain off.
   *
   * @param caKeys public keys of the operational CAs whose secret half is here
   * @param standing what the domain has; null before the first upload
   * @throws RefusedException a code of the record or certificate that is wrong; {@code conflict}
   *     when the CA's key is not one that was made here, or the statement is not newer; {@code
   *     continuity_broken} when the root is another one that nobody announced
   */
  public Accepted check(Set<PublicKey> caKeys, @Nullable Standing standing, Instant now) {
    Digest rootKey = CertificateDigests.spki(root);
    RootStatement said =
        RecordVerifier.verifyStatement(statement, root, rootKey, domain, now).record();
    CertificateChecker.check(
        List.of(ca),
        root,
        Set.copyOf(said.operationalCas()),
        CertificateUse.OPERATIONAL_CA,
        domain,
        now);
    if (!caKeys.contains(ca.getPublicKey())) {
      throw RefusedException.of(
          RefusalCode.CONFLICT, "the CA certificate is for a key that was not made here");
    }
    return new Accepted(said, novelty(said, rootKey, standing));
  }

  private Novelty novelty(RootStatement said, Digest rootKey, @Nullable Standing standing) {
    if (standing == null) {
      return Novelty.NEWER;
    }
    if (!rootKey.equals(standing.root()) && !rootKey.equals(standing.nextRoot())) {
      throw RefusedException.of(
          RefusalCode.CONTINUITY_BROKEN,
          "the domain has another root, whose statement does not announce this one");
    }
    if (statement.equals(standing.statement())) {
      return Novelty.SAME;
    }
    if (said.gen() <= standing.gen()) {
      throw RefusedException.of(
          RefusalCode.CONFLICT,
          "the statement's gen is " + said.gen() + ", and " + standing.gen() + " is in force");
    }
    return Novelty.NEWER;
  }
}
