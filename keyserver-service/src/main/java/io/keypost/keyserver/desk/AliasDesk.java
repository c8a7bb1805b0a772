package io.keypost.keyserver.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.directory.AddressView;
import io.keypost.directory.DomainView;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.keyserver.alias.AliasChange;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.Audit;
import io.keypost.keyserver.store.Transactions;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.openpgp.ConsentSignatures;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Aliases of domains here. Each holds the consent of its target, fetched from the target's key
 * server as everybody would verify it, and renewed while it stands.
 */
@Singleton
public class AliasDesk {
  /** A consent with less left than this is fetched anew; it lives 24 hours. */
  static final Duration RENEWED_BEFORE_END = Duration.ofHours(16);

  /** Aliases that one round of renewal looks at. */
  static final int RENEWALS_A_ROUND = 500;

  private static final Logger LOG = Logger.getLogger(AliasDesk.class);
  private static final int FAILURE_STATUS = 400;

  private final Transactions transactions;
  private final DirectoryClient directory;
  private final Audit audit;
  private final ObjectMapper json;
  private final InstantSource clock;

  @Inject
  AliasDesk(
      Transactions transactions,
      DirectoryClient directory,
      Audit audit,
      ObjectMapper json,
      InstantSource clock) {
    this.transactions = transactions;
    this.directory = directory;
    this.audit = audit;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Points an address at a target.
   *
   * @throws RefusedException {@code consent_missing}, {@code consent_invalid}, {@code
   *     statement_invalid}, {@code conflict}, or a temporary one of the target's directory
   */
  public void point(AliasChange change) {
    Address alias = change.alias();
    Verified<ConsentRecord> consent = consent(alias, change.target());
    transactions.inTransaction(
        () ->
            Records.locked(alias.domain())
                .chain(domain -> AddressRow.at(alias.domain().value(), alias.local()))
                .chain(row -> point(row, change, consent)));
  }

  private Uni<Void> point(
      @Nullable AddressRow known, AliasChange change, Verified<ConsentRecord> consent) {
    if (known != null && known.kind == AddressRow.Kind.REVOKED) {
      throw RefusedException.of(RefusalCode.CONFLICT, "the address is revoked for good");
    }
    Instant now = clock.instant();
    AddressRow row = known == null ? EnrolmentDesk.created(change.alias(), now) : known;
    List<KeyStatement> history = row.statements.lines().map(KeyStatement::parse).toList();
    row.statements =
        change.statements(history).stream()
            .map(KeyStatement::text)
            .collect(Collectors.joining("\n"));
    row.kind = AddressRow.Kind.ALIAS;
    row.target = change.target().toString();
    hold(row, consent, now);
    return (known == null ? row.persist().replaceWithVoid() : Uni.createFrom().voidItem())
        .chain(
            () ->
                audit.add(
                    Audit.OPERATOR,
                    "alias-set",
                    change.alias().toString(),
                    "points at " + change.target()));
  }

  private static void hold(AddressRow row, Verified<ConsentRecord> consent, Instant now) {
    row.consent = consent.jws();
    row.consentExpires = consent.record().expiry();
    row.changed = now;
    row.published.stale = true;
  }

  /**
   * Ends an alias.
   *
   * @throws RefusedException {@code not_found} when the address is none
   */
  public void end(Address alias) {
    transactions.inTransaction(() -> end(alias, Audit.OPERATOR, "ended by the operator"));
  }

  private Uni<Void> end(Address alias, String actor, String why) {
    return Records.locked(alias.domain())
        .chain(domain -> AddressRow.at(alias.domain().value(), alias.local()))
        .chain(
            row -> {
              if (row == null || row.kind != AddressRow.Kind.ALIAS) {
                throw RefusedException.of(RefusalCode.NOT_FOUND, alias + " is no alias");
              }
              row.kind = AddressRow.Kind.UNKNOWN;
              row.target = null;
              row.consent = null;
              row.consentExpires = null;
              row.changed = clock.instant();
              row.published.stale = true;
              return audit.add(actor, "alias-ended", alias.toString(), why);
            });
  }

  /** Fetches anew the consents that end soon; an alias whose target took it back ends. */
  public void renewConsents() {
    Instant until = clock.instant().plus(RENEWED_BEFORE_END);
    List<AddressRow> due =
        transactions.reading(
            () ->
                AddressRow.<AddressRow>find(
                        "kind = ?1 and consentExpires < ?2 order by consentExpires",
                        AddressRow.Kind.ALIAS,
                        until)
                    .page(0, RENEWALS_A_ROUND)
                    .list());
    due.forEach(this::renewConsent);
  }

  private void renewConsent(AddressRow row) {
    Address alias = Address.parseCanonical(row.local + "@" + row.domain);
    String target = row.target;
    if (target == null) {
      return;
    }
    try {
      Verified<ConsentRecord> consent = consent(alias, Address.parseCanonical(target));
      transactions.inTransaction(() -> renewed(alias, target, consent));
    } catch (RefusedException e) {
      switch (e.code()) {
        case CONSENT_MISSING, CONSENT_INVALID ->
            transactions.inTransaction(
                () -> end(alias, Audit.SERVICE, target + " took the consent back"));
        default -> LOG.warnf("the consent to alias %s is not renewed: %s", alias, e.getMessage());
      }
    }
  }

  private Uni<Void> renewed(Address alias, String target, Verified<ConsentRecord> consent) {
    return Records.locked(alias.domain())
        .chain(domain -> AddressRow.at(alias.domain().value(), alias.local()))
        .invoke(
            row -> {
              if (row != null && target.equals(row.target)) {
                hold(row, consent, clock.instant());
              }
            })
        .replaceWithVoid();
  }

  /** Fetches and verifies: the domain's signature around the consent, the target's within. */
  private Verified<ConsentRecord> consent(Address alias, Address target) {
    String jws = ask(alias, target);
    Instant now = clock.instant();
    DomainView domain = Waiting.on(directory.domainFetchedSince(target.domain(), now));
    Verified<ConsentRecord> verified =
        RecordVerifier.verifyConsent(jws, domain.verified(), alias, target, now);
    AddressView view = Waiting.on(directory.addressFetchedSince(target, now));
    UserCertificate certificate =
        view.certificate()
            .filter(found -> found.address().equals(target))
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.CONSENT_INVALID, target + " has no key that could consent"));
    ConsentSignatures.verify(
        alias, verified.record().serial(), verified.record().signature(), certificate, now);
    return verified;
  }

  private String ask(Address alias, Address target) {
    PeerAnswer answer =
        Waiting.on(
            directory.askKeyServer(
                target.domain(),
                PeerRequest.post(
                    "/v1/consents/lookup",
                    "application/json",
                    Bytes.utf8(
                        write(Map.of("alias", alias.toString(), "target", target.toString()))))));
    Map<?, ?> body = read(answer);
    if (answer.isSuccess() && body.get("consent") instanceof String consent) {
      return consent;
    }
    if (answer.status() >= FAILURE_STATUS
        && RefusalCode.CONSENT_MISSING.wire().equals(body.get("code"))) {
      throw RefusedException.of(
          RefusalCode.CONSENT_MISSING, target + " has not consented to " + alias);
    }
    throw RefusedException.of(
        RefusalCode.DIRECTORY_UNAVAILABLE,
        "the key server of "
            + target.domain()
            + " answers "
            + answer.status()
            + " to the question for a consent");
  }

  private String write(Map<String, String> body) {
    try {
      return json.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings is JSON", e);
    }
  }

  private Map<?, ?> read(PeerAnswer answer) {
    try {
      return json.readValue(
          new String(answer.body().toByteArray(), StandardCharsets.UTF_8), Map.class);
    } catch (IOException e) {
      throw RefusedException.of(
          RefusalCode.DIRECTORY_UNAVAILABLE, answer.target() + " does not answer in JSON", e);
    }
  }
}
