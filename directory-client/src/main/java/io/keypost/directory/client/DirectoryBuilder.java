package io.keypost.directory.client;

import io.keypost.directory.DirectorySettings;
import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.ResolutionTrace;
import io.keypost.directory.dns.DnsLookups;
import io.keypost.directory.dns.HostLookup;
import io.keypost.directory.dns.PinLookup;
import io.keypost.directory.identity.ServerIdentity;
import io.keypost.directory.memory.OperatorPinMemory;
import io.keypost.directory.memory.RemotePinMemory;
import io.keypost.directory.net.PeerHttp;
import io.keypost.directory.pin.InProcessPinMemory;
import io.keypost.directory.pin.PinMemory;
import io.keypost.directory.tls.PeerTrust;
import io.keypost.directory.tls.PlatformTrust;
import io.keypost.protocol.address.MailDomain;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes a {@link DirectoryClient}. */
public final class DirectoryBuilder {
  private final Vertx vertx;
  private final DirectorySettings settings;
  private final InstantSource clock;
  private Supplier<Optional<ServerIdentity>> identity = Optional::empty;
  private Optional<DirectoryParts.Own> own = Optional.empty();
  private DirectoryParts.Memory memory = inMemory(new InProcessPinMemory());
  private Optional<MailDomain> reportsTo = Optional.empty();
  private ResolutionTrace trace = ResolutionTrace.NONE;
  private DirectoryWatch watch = DirectoryWatch.NONE;
  private @Nullable X509TrustManager platform;

  /** With what every directory needs. */
  public DirectoryBuilder(Vertx vertx, DirectorySettings settings, InstantSource clock) {
    this.vertx = vertx;
    this.settings = settings;
    this.clock = clock;
  }

  /** Shows an operator's certificate to key servers; looked at in each handshake. */
  public DirectoryBuilder identity(Supplier<Optional<ServerIdentity>> shown) {
    identity = shown;
    return this;
  }

  /**
   * Looks addresses up through the key server of the user's own domain, as clients do.
   *
   * @param token an access token for the audience {@code directory}
   */
  public DirectoryBuilder viaOwnProvider(
      MailDomain domain, Supplier<CompletionStage<String>> token) {
    own = Optional.of(new DirectoryParts.Own(domain, token));
    return this;
  }

  /** Remembers pins there; in this process if not said. */
  public DirectoryBuilder pins(PinMemory remembered) {
    memory = inMemory(remembered);
    return this;
  }

  private static DirectoryParts.Memory inMemory(PinMemory remembered) {
    return keyServer -> remembered;
  }

  /**
   * Remembers pins at the key server of {@code operator}, which is this service's own, and tells it
   * of incidents (KP-PIN-20). Needs an {@link #identity}, by which the key server knows its own,
   * and by whose root the key server itself is known (KP-PIN-23).
   */
  public DirectoryBuilder pinsAtKeyServerOf(MailDomain operator) {
    memory =
        keyServer ->
            new OperatorPinMemory(
                operator,
                identity,
                new InProcessPinMemory(),
                new RemotePinMemory(keyServer, clock));
    reportsTo = Optional.of(operator);
    return this;
  }

  /** Tells of what happens to look-ups. */
  public DirectoryBuilder watch(DirectoryWatch told) {
    watch = told;
    return this;
  }

  /** Tells of each link that is found. */
  public DirectoryBuilder trace(ResolutionTrace told) {
    trace = told;
    return this;
  }

  /** Public CAs that may vouch for a key server's host name; those of the platform if not said. */
  public DirectoryBuilder platform(X509TrustManager trusted) {
    platform = trusted;
    return this;
  }

  /** Makes it; nothing is looked up or connected to yet. */
  public DirectoryClient build() {
    DnsLookups dns = new DnsLookups(settings.dns(), clock);
    PeerHttp http =
        new PeerHttp(
            vertx,
            new HostLookup(dns, clock),
            settings.targets(),
            identity,
            clock,
            target -> watch.targetRefused());
    ExecutorService working =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("keypost-directory-", 0).factory());
    X509TrustManager trusted =
        platform == null ? PlatformTrust.with(settings.web().additionalTrust()) : platform;
    return new DirectoryClient(
        new DirectoryParts(
            vertx,
            settings,
            clock,
            working,
            dns,
            new PinLookup(dns, clock),
            http,
            PeerTrust.platform(trusted),
            memory,
            own,
            reportsTo,
            trace,
            watch));
  }
}
