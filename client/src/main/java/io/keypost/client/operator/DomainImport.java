package io.keypost.client.operator;

import io.keypost.client.root.Authority;
import io.keypost.client.root.CaHandover;
import io.keypost.client.root.RootCeremony;
import io.keypost.client.root.RootLock;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes domains in whose roots the provider keeps: makes each root where this runs, signs what the
 * key server asks for, uploads it. The roots' secret keys never reach the key server (KP-CRT-11);
 * its records say <em>managed</em>. What is done already is not done again, so that an import that
 * was interrupted is simply repeated.
 */
public final class DomainImport {
  /** Most domains in one file. */
  public static final int MAX_DOMAINS = 100_000;

  private final Administration administration;
  private final Path roots;
  private final RootLock lock;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * @param roots directory with one directory for each domain's root
   * @param lock what the roots' secret keys are kept under
   */
  public DomainImport(
      Administration administration,
      Path roots,
      RootLock lock,
      InstantSource clock,
      SecureRandom random) {
    this.administration = administration;
    this.roots = roots;
    this.lock = lock;
    this.clock = clock;
    this.random = random;
  }

  /** What to do with a domain that is ready. */
  public enum IfReady {
    /** Nothing. */
    LEAVE,
    /** Sign a new operational CA and root statement: once a year. */
    RENEW
  }

  /** What became of a domain. */
  public enum Result {
    /** It is new, or was not ready yet. */
    TAKEN,
    /** It was ready. */
    LEFT,
    /** It has a new operational CA and root statement. */
    RENEWED
  }

  /**
   * A domain after its import.
   *
   * @param state with what to publish in DNS
   */
  public record Imported(Result result, DomainState state) {}

  /**
   * Reads a list: one domain a line; what follows {@code #} is a remark.
   *
   * @throws RefusedException {@code malformed_address} with the line's number for what is no domain
   *     or stands there twice, {@code malformed_request} for more than {@value #MAX_DOMAINS}
   */
  public static List<MailDomain> parse(List<String> lines) {
    Set<MailDomain> domains = new LinkedHashSet<>();
    int number = 0;
    for (String line : lines) {
      number++;
      int remark = line.indexOf('#');
      String text = (remark < 0 ? line : line.substring(0, remark)).strip();
      if (text.isEmpty()) {
        continue;
      }
      if (!domains.add(parse(text, number))) {
        throw RefusedException.of(
            RefusalCode.MALFORMED_ADDRESS, "line " + number + ": " + text + " stands there twice");
      }
      if (domains.size() > MAX_DOMAINS) {
        throw RefusedException.of(
            RefusalCode.MALFORMED_REQUEST, "more than " + MAX_DOMAINS + " domains");
      }
    }
    return new ArrayList<>(domains);
  }

  private static MailDomain parse(String text, int line) {
    try {
      return MailDomain.parse(text);
    } catch (RefusedException e) {
      throw RefusedException.of(e.code(), "line " + line + ": " + e.refusal().detail(), e);
    }
  }

  /** Takes one domain in. */
  public Imported take(MailDomain domain, IfReady ifReady) {
    Optional<DomainState> known = find(domain);
    boolean ready = known.filter(DomainState::isReady).isPresent();
    if (ready && ifReady == IfReady.LEAVE) {
      return new Imported(Result.LEFT, known.get());
    }
    RootCeremony root = new RootCeremony(roots.resolve(domain.value()), clock, random);
    if (!root.exists()) {
      if (ready) {
        throw RefusedException.of(
            RefusalCode.NOT_FOUND, "the root of " + domain + " is not kept in " + roots);
      }
      root.create(domain, lock);
    }
    Authority authority =
        root.sign(administration.initManaged(domain), lock, CaHandover.KEEP_OTHERS);
    return new Imported(
        ready ? Result.RENEWED : Result.TAKEN, administration.authority(domain, authority));
  }

  private Optional<DomainState> find(MailDomain domain) {
    try {
      return Optional.of(administration.domain(domain));
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
