package io.keypost.keyserver.desk;

import io.keypost.directory.net.PeerAnswer;
import io.keypost.directory.net.PeerTarget;
import io.keypost.directory.token.AccessToken;
import io.keypost.directory.token.AccessTokens;
import io.keypost.keyserver.KeyServerConfig;
import io.keypost.keyserver.Operator;
import io.keypost.keyserver.PinnedKeyServers;
import io.keypost.keyserver.authority.KeyVault;
import io.keypost.keyserver.store.AddressRow;
import io.keypost.keyserver.store.AuthorityKeyRow;
import io.keypost.keyserver.store.AuthorityKeyRow.Use;
import io.keypost.keyserver.store.DomainKeys;
import io.keypost.keyserver.store.LoginKeyRow;
import io.keypost.keyserver.store.Transactions;
import io.keypost.keyserver.store.UsedAssertionRow;
import io.keypost.keyserver.token.AccessTokenIssuer;
import io.keypost.keyserver.token.Audience;
import io.keypost.keyserver.token.LoginAssertion;
import io.keypost.keyserver.token.LoginKey;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.certificate.P256;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jose4j.json.JsonUtil;

/** Exchanges login assertions for access tokens, and verifies tokens for this server itself. */
@Singleton
public class TokenDesk {
  private final Transactions transactions;
  private final KeyVault vault;
  private final Operator operator;
  private final AccessTokenIssuer issuer;
  private final AccessTokens tokens;
  private final PeerTarget self;
  private final List<String> endpoints;
  private final InstantSource clock;

  @Inject
  TokenDesk(
      Transactions transactions,
      KeyVault vault,
      Operator operator,
      KeyServerConfig config,
      InstantSource clock,
      SecureRandom random) {
    this.transactions = transactions;
    this.vault = vault;
    this.operator = operator;
    this.issuer = new AccessTokenIssuer(operator.domain(), random);
    this.tokens = new AccessTokens(operator.domain(), this::ownKeySet, clock);
    this.self = new PeerTarget(MailDomain.parse(config.host()), config.port());
    this.endpoints = PinnedKeyServers.of(config).tokenEndpoints();
    this.clock = clock;
  }

  /**
   * A token for whoever signed the assertion.
   *
   * @throws RefusedException {@code assertion_invalid}, in the same words for every reason that
   *     would tell a stranger whether an address exists; {@code clock_wrong}; {@code forbidden} for
   *     an audience that the login key does not open; {@code unavailable} before the first start is
   *     over
   */
  public String exchange(String assertion, Audience audience) {
    Digest claimed = LoginAssertion.claimedKey(assertion);
    Login login = login(claimed).orElseThrow(TokenDesk::notEnrolled);
    LoginKeyRow key = login.key;
    Address owner = new Address(key.local, new MailDomain(key.domain));
    LoginAssertion verified = verify(assertion, login, owner);
    // Only whoever holds the key comes here and learns what became of the address.
    login
        .ended(owner)
        .ifPresent(
            why -> {
              throw RefusedException.of(RefusalCode.ASSERTION_INVALID, why);
            });
    if (!opens(key.purpose, audience)) {
      throw RefusedException.of(
          RefusalCode.FORBIDDEN, "this login key does not open " + audience.wire());
    }
    AuthorityKeyRow tokenKey = use(verified);
    return issuer.issue(
        owner, claimed, audience, DomainKeys.open(tokenKey, vault), clock.instant());
  }

  /** A device never gets at the keyring; the code alone neither sends nor reads (KP-TOK-5). */
  private static boolean opens(LoginKeyRow.Purpose purpose, Audience audience) {
    return switch (audience) {
      case SUBMISSION, MAILBOX -> purpose == LoginKeyRow.Purpose.DEVICE;
      case DIRECTORY -> true;
      case KEYRING -> purpose == LoginKeyRow.Purpose.RECOVERY;
    };
  }

  private static RefusedException notEnrolled() {
    return RefusedException.of(
        RefusalCode.ASSERTION_INVALID, "the assertion: not signed by an enrolled login key");
  }

  /** A key that has ended is to a stranger what one is that never was. */
  private LoginAssertion verify(String assertion, Login login, Address owner) {
    try {
      return LoginAssertion.verify(
          assertion, LoginKey.parse(login.key.jwk), owner, endpoints, clock.instant());
    } catch (RefusedException e) {
      throw login.ended(owner).isPresent() ? notEnrolled() : e;
    }
  }

  /** A login key and the address that it was enrolled for. */
  private record Login(LoginKeyRow key, AddressRow address) {
    /**
     * Why the key opens nothing, in words; empty while it does: it stands, and its address is a
     * mailbox, or was one under a key that its user has still. Who points elsewhere reads his old
     * mail, and can come back.
     */
    Optional<String> ended(Address owner) {
      return switch (address.kind) {
        case REVOKED ->
            Optional.of(owner + " was revoked by its operator at " + address.revokedFrom);
        case SUSPENDED ->
            Optional.of(owner + " is suspended by its operator since " + address.revokedFrom);
        case MAILBOX -> removed(owner);
        case ALIAS, UNKNOWN ->
            address.certificate == null
                ? Optional.of(owner + " is no mailbox any more")
                : removed(owner);
      };
    }

    private Optional<String> removed(Address owner) {
      return Optional.ofNullable(key.revoked)
          .map(at -> "this login key of " + owner + " was taken away at " + at);
    }
  }

  private Optional<Login> login(Digest thumbprint) {
    return Optional.ofNullable(
        transactions.reading(
            () ->
                LoginKeyRow.<LoginKeyRow>findById(thumbprint.octets().toByteArray())
                    .chain(
                        row ->
                            row == null
                                ? Uni.createFrom().<Login>nullItem()
                                : AddressRow.at(row.domain, row.local)
                                    .map(address -> new Login(row, address)))));
  }

  /** Spends the assertion; of two that come at once the unique key lets one through. */
  private AuthorityKeyRow use(LoginAssertion assertion) {
    UsedAssertionRow used = new UsedAssertionRow();
    used.digest = assertion.use().octets().toByteArray();
    used.expires = assertion.expires();
    try {
      return transactions.inTransaction(
          () ->
              used.persistAndFlush()
                  .chain(() -> AuthorityKeyRow.inForce(operator.domain().value()))
                  .map(rows -> new DomainKeys(rows, vault).ready(Use.ACCESS_TOKEN)));
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.CONFLICT
          ? RefusedException.of(RefusalCode.ASSERTION_INVALID, "the assertion: was used before", e)
          : e;
    }
  }

  /** Forgets assertions that are over: they would be refused for that. */
  void forgetExpired() {
    transactions.inTransaction(
        () -> UsedAssertionRow.delete("expires < ?1", clock.instant()).replaceWithVoid());
  }

  /** The keys that verify tokens which are not over yet, as JWK set. */
  public Map<String, Object> keySet() {
    Instant oldestInUse = clock.instant().minus(AccessTokenIssuer.LIFE);
    List<PublicKey> keys =
        transactions
            .reading(
                () ->
                    AuthorityKeyRow.ofUseSince(
                        operator.domain().value(), Use.ACCESS_TOKEN, oldestInUse))
            .stream()
            .map(row -> P256.decodePublic(Bytes.copyOf(row.publicKey)))
            .toList();
    return AccessTokenIssuer.keySet(keys);
  }

  /**
   * Whose token it is.
   *
   * @param loginKey thumbprint of the login key that it was given for
   */
  public record Holder(Address address, Digest loginKey) {}

  /**
   * Whose token it is. One whose login key has ended since is good no more: here that shows at
   * once.
   *
   * @param token as it stood behind {@code Bearer}
   * @throws RefusedException {@code token_invalid} or {@code token_expired}
   */
  public Holder holder(String token, Audience audience) {
    AccessToken verified = Waiting.on(tokens.verify(token, audience.wire()));
    Digest key =
        verified
            .client()
            .filter(
                client ->
                    login(client).filter(l -> l.ended(verified.subject()).isEmpty()).isPresent())
            .orElseThrow(
                () ->
                    RefusedException.of(
                        RefusalCode.TOKEN_INVALID, "the login key of this token has ended"));
    return new Holder(verified.subject(), key);
  }

  /** This server is the one that others would fetch the key set from. */
  private CompletionStage<PeerAnswer> ownKeySet() {
    Bytes body = Bytes.utf8(JsonUtil.toJson(keySet()));
    return CompletableFuture.completedFuture(
        new PeerAnswer(
            200,
            "application/json",
            body,
            self,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), self.port())));
  }
}
