package io.keypost.stack.demo;

import io.keypost.client.FetchedMessage;
import io.keypost.client.KeypostClient;
import io.keypost.client.OutcomeView;
import io.keypost.client.ReceiptProof;
import io.keypost.client.SentMessage;
import io.keypost.client.TrustChain;
import io.keypost.client.cli.MessageView;
import io.keypost.client.provider.Mailbox;
import io.keypost.client.provider.Outcomes;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.message.Status;
import io.keypost.protocol.refusal.RefusedException;
import io.keypost.stack.LocalStack;
import io.keypost.stack.Patience;
import io.keypost.stack.ServiceProcess;
import io.keypost.stack.StackState;
import io.keypost.stack.demo.Narrator.Checked;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The demo's story, from nothing to the receipts; each method is one step. */
final class Demo implements AutoCloseable {

  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(120);
  private static final int SHOWN_LINES = 12;
  private static final String ALICE = "alice@alpha.test";
  private static final String BOB = "bob@beta.test";
  private static final String CAROL = "carol@beta.test";
  private static final String INFO = "info@alpha.test";

  private final Narrator narrator;
  private final Path directory;
  private final Path letter;
  private final OptionalInt firstPort;
  private final InstantSource clock;
  private final SecureRandom random;
  private @Nullable LocalStack running;

  Demo(
      Narrator narrator,
      Path directory,
      Path letter,
      OptionalInt firstPort,
      InstantSource clock,
      SecureRandom random) {
    this.narrator = narrator;
    this.directory = directory;
    this.letter = letter;
    this.firstPort = firstPort;
    this.clock = clock;
    this.random = random;
  }

  /** Exit status: 0 if all of it was true. */
  int play() throws Exception {
    try {
      startProviders();
      enrolUsers();
      makeAlias();
      var sent = sendFromAliceToBob();
      var arrived = bobReads(sent, 0);
      narrator.say(
          "From the start of everything to bob's reading: %.1f s; the machine's load is %.1f."
              .formatted(
                  narrator.elapsed().toMillis() / 1000.0,
                  ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
      tellTheWay(sent);
      sendFromCarolToInfo(arrived);
      forge();
      showReceipts(sent);
    } catch (RefusedException | IOException | IllegalStateException e) {
      narrator.check(
          "the demo could be played to its end", new Checked.False(String.valueOf(e.getMessage())));
    }
    return conclude();
  }

  private LocalStack stack() {
    if (running == null) {
      throw new IllegalStateException("the stack is started first");
    }
    return running;
  }

  private void startProviders() throws IOException {
    narrator.step(
        "Two providers start, alpha.test and beta.test, each with five services of its own");
    narrator.say("Everything runs on this machine; on two cores it takes about a minute.");
    running =
        LocalStack.builder()
            .directory(directory.resolve("stack"))
            .providers("alpha.test", "beta.test")
            .firstPort(firstPort)
            .report(narrator::say)
            .start();
    long octets = stack().services().stream().mapToLong(ServiceProcess::residentBytes).sum();
    narrator.say("The ten services hold %d MiB of memory together.".formatted(octets >> 20));
  }

  private void enrolUsers() throws IOException {
    narrator.step("Alice, bob and carol get addresses");
    narrator.say(
        """
        Each makes keys on their own device and proves to hold them, with a one-time code from the operator.
        The key server sees the public halves only; the primary key is sealed under a recovery code of twelve words.\
        """);
    for (var client : stack().enrol(List.of(ALICE, BOB, CAROL))) {
      narrator.say(client.address() + ": primary key " + client.certificate().fingerprint().hex());
      narrator.say(
          "  the key of this device, which signs: "
              + client.deviceKey().signingFingerprint().hex());
    }
  }

  private void makeAlias() {
    narrator.step(INFO + " becomes another name for " + BOB);
    Patience.run(() -> stack().client(BOB).consent(Address.parse(INFO), stack().recoveryCode(BOB)));
    narrator.say(
        "bob signed that " + INFO + " may point at him; without that nobody would follow it");
    try (var administration = stack().provider("alpha.test").administration()) {
      Patience.run(() -> administration.alias(Address.parse(INFO), Address.parse(BOB)));
    }
    narrator.say("alpha.test fetched and checked bob's consent and published the pointer");
  }

  private SentMessage sendFromAliceToBob() throws Exception {
    narrator.step(
        "Alice looks bob up and sends him a message of " + Files.size(letter) + " octets");
    var alice = stack().client(ALICE);
    narrator.say(
        """
        Each line is one link of the way from DNS to bob's key. A pin is the DNS record that names a domain's root and
        key servers; gen counts the domain's roots, seq the versions of a record; a pool is the servers that take its mail.\
        """);
    var chain = lookUp(alice, BOB);
    narrator.check(
        "every link from DNS to bob's key is signed and good",
        Checked.holds(
            chain.failure().isEmpty(), chain.failure().map(Throwable::getMessage).orElse("")));
    var sent = send(alice, BOB);
    narrator.say(
        """
        Encrypted to bob's key and signed by alice's, it went to alpha.test's ingress, which answered "accepted":
        the sealed message and its envelope are on disk there. Its id is %s, which alice chose;
        servers name it by its envelope's digest, %s.\
        """
            .formatted(sent.messageId(), sent.envelopeDigest().base64Url()));
    return sent;
  }

  /** Looks again while the answer is that it is to be asked later. */
  private TrustChain lookUp(KeypostClient client, String address) throws Exception {
    var chain =
        narrator.await(
            "the directory",
            ARRIVES_WITHIN,
            () ->
                Optional.of(client.whois(Address.parse(address)))
                    .filter(
                        found -> found.failure().filter(RefusedException::isTemporary).isEmpty()));
    chain
        .links()
        .forEach(
            link -> narrator.say(link.kind().word() + " " + link.subject() + ": " + link.detail()));
    return chain;
  }

  private SentMessage send(KeypostClient client, String to) throws IOException {
    var mime = Files.readAllBytes(letter);
    return Patience.with(() -> client.send(mime, Address.parse(to)));
  }

  private int bobReads(SentMessage sent, int before) throws Exception {
    narrator.step("Bob fetches and reads");
    var bob = stack().client(BOB);
    var fetched = awaitMail(bob, before);
    var read = bob.read(fetched);
    read.checks().forEach(narrator::say);
    read.warnings().forEach(warning -> narrator.say("note: " + warning));
    narrator.say("What bob sees of it:");
    MessageView.lines(read.mime()).stream()
        .limit(SHOWN_LINES)
        .forEach(line -> narrator.say("  | " + line));
    narrator.check(
        "it is the message that alice sent",
        Checked.equal(read.envelope().messageId(), sent.messageId()));
    narrator.check(
        "it is from " + ALICE, Checked.equal(read.envelope().sender().toString(), ALICE));
    narrator.check(
        "bob has it octet for octet as it was sent",
        Checked.holds(
            Arrays.equals(read.mime().toByteArray(), Files.readAllBytes(letter)),
            read.mime().size() + " octets that differ from the file"));
    return before + 1;
  }

  private FetchedMessage awaitMail(KeypostClient client, int before) throws Exception {
    return narrator.await(
        "the message to reach the mailbox of " + client.address(),
        ARRIVES_WITHIN,
        () -> {
          var mail = client.fetch();
          return mail.size() > before ? Optional.of(mail.getLast()) : Optional.empty();
        });
  }

  private void tellTheWay(SentMessage sent) throws IOException {
    narrator.step("What the services did with it, from their own logs");
    narrator.say(
        """
        At each provider a message passes four services; a name such as mail.verified is the Kafka topic by which one
        hands it to the next. The fifth, the key server, saw look-ups only.\
        """);
    var trail = Trail.of(stack(), sent.messageId().base64Url());
    trail.forEach(entry -> narrator.say("%-20s %s".formatted(entry.service(), entry.text())));
    var spoke = trail.stream().map(Trail.Entry::service).distinct().toList();
    narrator.check(
        "it passed ingress, verifier, router and delivery at both providers",
        Checked.holds(spoke.size() == 8, "only these have it in their logs: " + spoke));
  }

  private void sendFromCarolToInfo(int before) throws Exception {
    narrator.step("Carol writes to " + INFO);
    var alpha = stack().provider("alpha.test");
    var seenBefore = Evidence.of(alpha);
    var carol = stack().client(CAROL);
    lookUp(carol, INFO);
    var sent = send(carol, INFO);
    narrator.check(
        "her client followed the pointer to " + BOB,
        Checked.equal(sent.recipient().toString(), BOB));
    var bob = stack().client(BOB);
    var read = bob.read(awaitMail(bob, before));
    narrator.check(
        "bob has carol's message", Checked.equal(read.envelope().messageId(), sent.messageId()));
    narrator.check(
        "and sees that it was written to " + INFO,
        Checked.equal(read.envelope().addressedAs().toString(), INFO));
    narrator.check(
        "octet for octet as it was sent",
        Checked.holds(
            Arrays.equals(read.mime().toByteArray(), Files.readAllBytes(letter)), "it differs"));
    var seenAfter = Evidence.of(alpha);
    narrator.check(
        "alpha.test's key server was asked (%d look-ups before, %d now)"
            .formatted(seenBefore.lookUps(), seenAfter.lookUps()),
        Checked.holds(seenAfter.lookUps() > seenBefore.lookUps(), "nobody asked it"));
    narrator.check(
        "alpha.test's ingress was offered no mail (%d envelopes before and after)"
            .formatted(seenBefore.envelopesOffered()),
        Checked.equal(seenAfter.envelopesOffered(), seenBefore.envelopesOffered()));
    narrator.check(
        "nothing of it is in alpha.test's stores (%d rows before and after)"
            .formatted(seenBefore.mailRows()),
        Checked.equal(seenAfter.mailRows(), seenBefore.mailRows()));
  }

  private void forge() throws Exception {
    var alpha = stack().provider("alpha.test");
    var beta = stack().provider("beta.test");
    var bob = stack().client(BOB);
    var forgeries = new Forgeries(stack(), stack().client(ALICE), bob.certificate(), clock, random);
    int mailBefore = bob.fetch().size();

    narrator.step("A message is altered in transit");
    var payload = forgeries.withAlteredPayload(alpha, beta);
    narrator.say(
        "One bit of the sealed content is changed, and a real server of alpha.test hands it over to"
            + " beta.test.");
    narrator.check(
        "beta.test refuses it at once: the content is not what the envelope says ("
            + refusalOf(payload.status())
            + ")",
        Checked.equal(refusalOf(payload.status()), "digest_mismatch"));
    var envelope = forgeries.withAlteredEnvelope(alpha, beta);
    narrator.say(
        "Then the envelope itself is changed: its content fits, so the ingress takes it and the"
            + " verifier looks at it.");
    var refused =
        narrator.await(
            "beta.test's verifier",
            ARRIVES_WITHIN,
            () -> Evidence.outcome(beta, envelope.envelopeDigest()));
    narrator.check(
        "beta.test refuses it: alice did not sign this (" + refused.code() + ")",
        Checked.equal(refused, new Evidence.Outcome("refused", "signature_invalid")));

    narrator.step("A message in alice's name is signed with a key that is not hers");
    var forged = forgeries.withAnotherKey(directory);
    narrator.say("It comes with alice's own token, so that only the key is wrong.");
    var outcomes = new Outcomes(new Mailbox(stack().client(ALICE).provider()));
    var told =
        narrator.await(
            "alpha.test's verifier",
            ARRIVES_WITHIN,
            () ->
                outcomes.list().stream()
                    .filter(
                        outcome ->
                            forged.envelopeDigest().base64Url().equals(outcome.envelope_digest()))
                    .filter(outcome -> outcome.decided_at() != null)
                    .findFirst());
    narrator.check(
        "alpha.test refuses it and tells alice why (" + told.code() + ")",
        Checked.equal(told.state() + " " + told.code(), "refused sender_key_unknown"));
    narrator.check("bob has nothing of all this", Checked.equal(bob.fetch().size(), mailBefore));
  }

  private static String refusalOf(Status status) {
    return switch (status) {
      case Status.Accepted() -> "accepted";
      case Status.Refused(var refusal) -> refusal.code().wire();
    };
  }

  private void showReceipts(SentMessage sent) throws Exception {
    narrator.step("Alice sees what became of her mail");
    var alice = stack().client(ALICE);
    var view =
        narrator.await(
            "beta.test's signed receipt",
            ARRIVES_WITHIN,
            () ->
                alice.outcomes().stream()
                    .filter(outcome -> outcome.envelopeDigest().equals(sent.envelopeDigest()))
                    .filter(outcome -> outcome.state().isFinal())
                    .findFirst());
    narrator.check("it was delivered", Checked.equal(view.state(), OutcomeView.State.DELIVERED));
    switch (view.receipt()) {
      case ReceiptProof.Verified(var operator, var decidedAt) -> {
        narrator.check(
            "the receipt is signed by beta.test, and alice's client has checked that",
            Checked.equal(operator.value(), "beta.test"));
        narrator.say(
            "decided at "
                + decidedAt
                + ", proved to whoever trusts the root that beta.test's DNS names");
      }
      case ReceiptProof.Invalid(var code, var detail) ->
          narrator.check(
              "the receipt is signed by beta.test", new Checked.False(code + ": " + detail));
      case ReceiptProof.None() ->
          narrator.check("the receipt is signed by beta.test", new Checked.False("there is none"));
    }
  }

  private int conclude() {
    narrator.step("In the end");
    var untrue = narrator.untrue();
    if (untrue.isEmpty()) {
      narrator.say("All %d claims were checked and are true.".formatted(narrator.checks()));
      return 0;
    }
    narrator.say("%d of %d claims are NOT true:".formatted(untrue.size(), narrator.checks()));
    untrue.forEach(claim -> narrator.say("- " + claim));
    narrator.say("The services' logs are below " + directory + ".");
    return 1;
  }

  /** Lets status and down find what runs, and says what to try meanwhile. */
  void stayForOthers() throws IOException {
    if (running == null) {
      return;
    }
    StackState.of(stack()).write(directory);
    narrator.step(
        "Everything keeps running until Ctrl-C. In another terminal, in the project's folder:");
    narrator.say("./keypost status");
    narrator.say("export KEYPOST_PASSPHRASE=" + new String(stack().passphrase()));
    toTry(stack().clientHome(ALICE), stack().clientHome(BOB), letter)
        .forEach(words -> narrator.say("./keypost " + words));
  }

  /** Words for the client, as they are typed. */
  static List<String> toTry(Path alice, Path bob, Path letter) {
    return List.of(
        "whois %s --home %s".formatted(INFO, alice),
        "send %s --to %s --home %s".formatted(letter, BOB, alice),
        "fetch --home " + bob,
        "read --home " + bob,
        "outcomes --home " + alice);
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
      StackState.forget(directory);
    }
  }
}
