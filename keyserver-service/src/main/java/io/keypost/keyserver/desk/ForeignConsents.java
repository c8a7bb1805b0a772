package io.keypost.keyserver.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keypost.directory.AddressView;
import io.keypost.directory.DomainView;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerRequest;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.record.ConsentRecord;
import io.keypost.protocol.record.RecordVerifier;
import io.keypost.protocol.record.Verified;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Consents of the targets of aliases here, from the targets' key servers, as everybody would verify
 * them.
 */
@Singleton
class ForeignConsents {
  private static final int FAILURE_STATUS = 400;

  private final DirectoryClient directory;
  private final ObjectMapper json;
  private final InstantSource clock;

  @Inject
  ForeignConsents(DirectoryClient directory, ObjectMapper json, InstantSource clock) {
    this.directory = directory;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Fetches and verifies: the domain's signature around the consent, the target's within.
   *
   * @throws RefusedException {@code consent_missing}, {@code consent_invalid}, or a temporary one:
   *     {@code consent_suspended}, or of the target's directory
   */
  Verified<ConsentRecord> fetch(Address alias, Address target) {
    String jws = ask(alias, target);
    Instant now = clock.instant();
    DomainView domain = Waiting.on(directory.domainFetchedSince(target.domain(), now));
    Verified<ConsentRecord> verified =
        RecordVerifier.verifyConsent(jws, domain.verified(), alias, target, now);
    AddressView view = Waiting.on(directory.addressFetchedSince(target, now));
    if (!view.record().address().equals(target)) {
      throw RefusedException.of(
          RefusalCode.CONSENT_INVALID, target + " has no key that could consent");
    }
    view.requireConsent(alias, verified.record(), now);
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
    if (answer.status() >= FAILURE_STATUS) {
      said(body, RefusalCode.CONSENT_MISSING, target + " has not consented to " + alias);
      said(body, RefusalCode.CONSENT_SUSPENDED, target + " is suspended");
    }
    throw RefusedException.of(
        RefusalCode.DIRECTORY_UNAVAILABLE,
        "the key server of "
            + target.domain()
            + " answers "
            + answer.status()
            + " to the question for a consent");
  }

  private static void said(Map<?, ?> problem, RefusalCode code, String detail) {
    if (code.wire().equals(problem.get("code"))) {
      throw RefusedException.of(code, detail);
    }
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
