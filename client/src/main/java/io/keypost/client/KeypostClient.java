package io.keypost.client;

import io.keypost.client.home.ClientHome;
import io.keypost.client.home.ClientSettings;
import io.keypost.client.home.Inbox;
import io.keypost.client.home.PendingMail;
import io.keypost.client.home.PinFile;
import io.keypost.client.home.PrivateFiles;
import io.keypost.client.home.SentCopies;
import io.keypost.client.json.Json;
import io.keypost.client.mime.ForeignHeaders;
import io.keypost.client.mime.MessageWrapper;
import io.keypost.client.provider.Consents;
import io.keypost.client.provider.LoginKey;
import io.keypost.client.provider.Mailbox;
import io.keypost.client.provider.Outcomes;
import io.keypost.client.provider.ProviderConnection;
import io.keypost.client.provider.Submissions;
import io.keypost.client.provider.Waiting;
import io.keypost.client.trust.Contacts;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.keyring.RecoveryCode;
import io.keypost.protocol.message.EnvelopeLife;
import io.keypost.protocol.message.Head;
import io.keypost.protocol.message.MessageId;
import io.keypost.protocol.openpgp.DeviceKey;
import io.keypost.protocol.openpgp.KeyStatement;
import io.keypost.protocol.openpgp.MessageSealer;
import io.keypost.protocol.openpgp.SealedMessage;
import io.keypost.protocol.openpgp.SealingRequest;
import io.keypost.protocol.openpgp.UserCertificate;
import io.keypost.protocol.refusal.RefusedException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The client of one address. For one thread at a time; calls block until they are done, with the
 * bounds of {@link Waiting}. Every method throws {@link RefusedException} with the code of what was
 * refused, by this client or by a server.
 */
public final class KeypostClient implements AutoCloseable {
  /** How long a message may be on its way. */
  public static final Duration MESSAGE_LIFE = EnvelopeLife.MAX_LIFE;

  private final ClientHome home;
  private final OwnDevice device;
  private final OwnKeys keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Vertx vertx;
  private final ProviderConnection provider;
  private final Mailbox mailbox;
  private final Contacts contacts;
  private final Correspondents correspondents;
  private final SentCopies sent;
  private final Outgoing outgoing;
  private final Inbox inbox;

  KeypostClient(DeviceSetup setup, ClientHome.Secrets secrets) {
    this.home = setup.home();
    this.clock = setup.clock();
    this.random = setup.random();
    this.device = new OwnDevice(home, setup.passphrase(), secrets.device(), random);
    this.vertx = Vertx.vertx();
    PinFile pins = pins(home);
    this.provider =
        new ProviderConnection(
            vertx,
            device.address(),
            new LoginKey(secrets.login()),
            setup.settings(),
            pins,
            clock,
            random);
    this.keys =
        new OwnKeys(
            device,
            provider,
            code ->
                new KeyChanges(
                    vertx, device.address(), code, setup.settings(), pins, clock, random),
            clock,
            random);
    this.mailbox = new Mailbox(provider);
    this.contacts = new Contacts(home.directory().resolve("contacts.json"));
    this.correspondents = new Correspondents(contacts);
    this.sent = new SentCopies(home.directory().resolve("sent"));
    this.outgoing =
        new Outgoing(
            new PendingMail(home.directory().resolve("pending")),
            sent,
            home.directory().resolve("tmp"),
            new Submissions(provider)::post);
    this.inbox = new Inbox(home.directory().resolve("inbox"));
  }

  static PinFile pins(ClientHome home) {
    return new PinFile(home.directory().resolve("pins.json"));
  }

  /**
   * Opens the client of the address that is enrolled in {@code home}.
   *
   * @throws RefusedException {@code not_found} when nobody is, {@code secret_key_unusable} for
   *     another passphrase
   */
  public static KeypostClient open(
      ClientHome home,
      char[] passphrase,
      ClientSettings settings,
      InstantSource clock,
      SecureRandom random) {
    ClientHome.Secrets secrets = home.unlock(passphrase);
    return new KeypostClient(
        new DeviceSetup(
            home, passphrase, secrets.device().statement().name(), settings, clock, random),
        secrets);
  }

  /** Whose client this is. */
  public Address address() {
    return device.address();
  }

  /** The certificate that goes with the secrets here. */
  public UserCertificate certificate() {
    return device.key().certificate();
  }

  /** The user's keys and devices. */
  public OwnKeys keys() {
    return keys;
  }

  /**
   * Sends a message to one recipient, refusing a key that does not follow from what is remembered.
   */
  public SentMessage send(byte[] mime, Address to) {
    Path file = PrivateFiles.temporary(home.directory().resolve("tmp"));
    try {
      Files.write(file, mime);
      return send(file, to, SendPolicy.REFUSE_UNSIGNED_CHANGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  /**
   * Sends a message to one recipient.
   *
   * @param mime file with an RFC 5322 message, which travels octet for octet
   * @param to followed when it is an alias
   * @return once the own provider has accepted it
   * @throws RefusedException of kind {@code RETRY_AFTER}: it is kept as it was sealed, and the same
   *     call sends those octets again, so that it arrives once even if the provider has it already
   */
  public SentMessage send(Path mime, Address to, SendPolicy policy) {
    return outgoing.send(
        wish(mime, to),
        clock.instant(),
        (payload, copy) -> {
          keys.refresh();
          keys.requireNotRemoved();
          Instant now = clock.instant();
          UserCertificate recipient =
              correspondents.recipient(
                  Waiting.onRepeatable(() -> provider.directory().resolve(to)), policy, now);
          MessageId id = MessageId.random(random);
          SealedMessage sealed = seal(mime, id, to, recipient, to, now, payload);
          SealedMessage own = seal(mime, id, to, certificate(), address(), now, copy);
          return new Outgoing.Sealed(new Head(sealed.envelopes()), own.envelopes().getFirst());
        });
  }

  /** Names what the user wants sent: this file to this address. */
  private static Digest wish(Path mime, Address to) {
    Digest.Accumulator all = Digest.accumulator();
    all.update(Bytes.utf8(to + "\n").asByteBuffer());
    byte[] piece = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(mime)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        all.update(ByteBuffer.wrap(piece, 0, read));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.finish();
  }

  private SealedMessage seal(
      Path mime,
      MessageId id,
      Address to,
      UserCertificate certificate,
      Address addressedAs,
      Instant now,
      Path payload) {
    try (InputStream foreign = Files.newInputStream(mime);
        OutputStream out = Files.newOutputStream(payload)) {
      MessageWrapper.Wrapping wrapping =
          new MessageWrapper.Wrapping(id, address(), List.of(to), now, subjectOf(mime));
      return new MessageSealer(random)
          .seal(
              MessageWrapper.wrap(wrapping, foreign),
              new SealingRequest(
                  id,
                  device.key(),
                  List.of(new SealingRequest.Recipient(addressedAs, certificate)),
                  now,
                  now.plus(MESSAGE_LIFE)),
              out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A foreign message is sent as it is, even if nobody can read its header. */
  private static String subjectOf(Path mime) throws IOException {
    try (InputStream in = Files.newInputStream(mime)) {
      List<String> subjects = ForeignHeaders.read(in).all("Subject");
      return subjects.isEmpty() ? "" : subjects.getFirst();
    } catch (RefusedException e) {
      return "";
    }
  }

  /** Fetches what is new in the mailbox; all that is here, oldest first. */
  public List<FetchedMessage> fetch() {
    keys.refresh();
    for (Mailbox.Entry entry : mailbox.list()) {
      if (!inbox.has(entry.id())) {
        inbox.keep(entry.id(), entry.receivedAt(), entry.signed(), mailbox.payload(entry));
      }
    }
    return fetched();
  }

  /** What was fetched before, oldest first. */
  public List<FetchedMessage> fetched() {
    return inbox.list().stream()
        .map(f -> new FetchedMessage(f.id(), f.receivedAt(), f.signed(), f.payload()))
        .toList();
  }

  /**
   * Decrypts a message and verifies all of it.
   *
   * @throws RefusedException what was not as it must be; nothing of the content is given then
   */
  public ReadMessage read(FetchedMessage message) {
    return new Reader(provider.directory(), correspondents, device.key())
        .read(message, clock.instant());
  }

  /** What became of what was sent from here, with receipts verified here. */
  public List<OutcomeView> outcomes() {
    return outcomes(sent::find);
  }

  /**
   * What became of messages that the caller handed in by other ways than {@link #send}, with
   * receipts verified here; nothing of those that the provider has not accepted.
   */
  public List<OutcomeView> outcomes(Collection<SentMessage> messages) {
    Map<Digest, SentCopies.Sent> known =
        messages.stream()
            .map(
                m ->
                    new SentCopies.Sent(
                        m.messageId(), m.recipient(), m.addressedAs(), m.envelopeDigest()))
            .collect(Collectors.toMap(SentCopies.Sent::digest, facts -> facts));
    return outcomes(digest -> Optional.ofNullable(known.get(digest)));
  }

  private List<OutcomeView> outcomes(Function<Digest, Optional<SentCopies.Sent>> known) {
    ReceiptCheck receipts =
        new ReceiptCheck(
            provider.directory(),
            address(),
            Waiting.onRepeatable(() -> provider.directory().domain(address().domain()))
                .pin()
                .operator());
    List<OutcomeView> views = new ArrayList<>();
    for (Outcomes.Reported reported : new Outcomes(mailbox).list()) {
      Digest digest =
          Digest.parseBase64Url(Json.required(reported.envelope_digest(), "envelope_digest"));
      // Another device's: this one cannot tell what it was.
      known.apply(digest).ifPresent(facts -> views.add(view(facts, reported, receipts)));
    }
    return views;
  }

  private OutcomeView view(
      SentCopies.Sent facts, Outcomes.Reported reported, ReceiptCheck receipts) {
    OutcomeView.State state =
        OutcomeView.State.valueOf(
            Json.required(reported.state(), "state").toUpperCase(Locale.ROOT));
    outgoing.isKnown(facts.digest());
    ReceiptProof proof = receipts.check(facts, state, reported, clock.instant());
    if (state == OutcomeView.State.DELIVERED && proof instanceof ReceiptProof.Verified) {
      sent.dropContent(facts.digest());
    }
    return new OutcomeView(
        facts.id(),
        facts.recipient(),
        facts.addressedAs(),
        facts.digest(),
        state,
        Optional.ofNullable(reported.code()),
        Optional.ofNullable(reported.detail()),
        Optional.ofNullable(reported.decided_at()).map(Instant::parse),
        proof);
  }

  /** Follows an address's chain of trust from DNS on, with nothing cached. */
  public TrustChain whois(Address address) {
    return new Whois(provider::newDirectory, clock).of(address);
  }

  /**
   * Consents that {@code alias} may point here, by the primary key.
   *
   * @throws RefusedException {@code secret_key_unusable} for another code
   */
  public void consent(Address alias, RecoveryCode code) {
    keys.withPrimary(code, primary -> new Consents(provider).consent(alias, primary));
  }

  /** Aliases that may point here, and those that ask to. */
  public Consents.Listing consents() {
    return new Consents(provider).list();
  }

  /**
   * Makes this address point at {@code target} from now on, by a statement of its primary key: who
   * remembers the key follows without being asked.
   *
   * @throws RefusedException {@code consent_missing} when the target has not consented; {@code
   *     alias_loop}; {@code secret_key_unusable} for another code
   */
  public void pointAt(Address target, RecoveryCode code) {
    new Consents(provider)
        .state(keys.state(code, Optional.of(new KeyStatement.Says.Pointer(target))));
  }

  /** Makes this address a mailbox again. */
  public void pointNowhere(RecoveryCode code) {
    new Consents(provider).state(keys.state(code, Optional.empty()));
  }

  /**
   * Shows the request of {@code alias} no more, without consenting.
   *
   * @throws RefusedException {@code not_found} when it did not ask
   */
  public void dismissRequest(Address alias) {
    new Consents(provider).dismiss(alias);
  }

  /** Withdraws a consent. */
  public void withdrawConsent(Address alias) {
    new Consents(provider).withdraw(alias, address());
  }

  /**
   * The connection to the own provider, for those who speak with it in ways that this class does
   * not.
   */
  public ProviderConnection provider() {
    return provider;
  }

  /** This device's secret keys, for those who seal by themselves. */
  public DeviceKey deviceKey() {
    return device.key();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends its connections and threads. */
  @Override
  public void close() {
    device.close();
    provider.close();
    Waiting.on(vertx.close().map("closed").toCompletionStage());
  }
}
