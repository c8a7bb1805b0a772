package io.keypost.client;

import io.keypost.client.provider.ProviderConnection;
import io.keypost.client.provider.Waiting;
import io.keypost.directory.DomainView;
import io.keypost.directory.Refusals;
import io.keypost.directory.Resolution;
import io.keypost.directory.ResolutionStep;
import io.keypost.directory.client.DirectoryClient;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.record.AddressRecord;
import io.keypost.protocol.refusal.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Follows an address's chain of trust with nothing cached, and tells each link. */
final class Whois {
  private Whois() {}

  static TrustChain of(ProviderConnection provider, Address address) {
    Queue<TrustChain.Link> links = new ConcurrentLinkedQueue<>();
    try (DirectoryClient directory = provider.newDirectory(step -> links.add(link(step)))) {
      Resolution resolution = Waiting.on(directory.resolve(address));
      return new TrustChain(address, copy(links), Optional.of(resolution), Optional.empty());
    } catch (RefusedException e) {
      return new TrustChain(address, copy(links), Optional.empty(), Optional.of(Refusals.of(e)));
    }
  }

  private static List<TrustChain.Link> copy(Queue<TrustChain.Link> links) {
    return new ArrayList<>(links);
  }

  private static TrustChain.Link link(ResolutionStep step) {
    return switch (step) {
      case ResolutionStep.PinFound pin ->
          new TrustChain.Link(
              "pin",
              pin.domain().value(),
              "DNS ("
                  + pin.answer().security().name().toLowerCase(Locale.ROOT)
                  + ") pins root "
                  + pin.answer().pin().root()
                  + ", gen "
                  + pin.answer().pin().gen()
                  + ", key servers "
                  + pin.answer().pin().keyServers()
                  + " of "
                  + pin.answer().pin().operator());
      case ResolutionStep.KeyServerAnswered answered ->
          new TrustChain.Link(
              "key-server",
              answered.domain().value(),
              answered.keyServer()
                  + " at "
                  + answered.address()
                  + " proved itself over TLS and answered "
                  + answered.what());
      case ResolutionStep.DomainVerified domain ->
          new TrustChain.Link(
              "domain", domain.view().verified().domain().value(), domainDetail(domain.view()));
      case ResolutionStep.AddressVerified address ->
          new TrustChain.Link(
              "address",
              address.view().record().address().toString(),
              contentDetail(address.view().record())
                  + "; signed by "
                  + address.view().record().address().domain()
                  + ", good until "
                  + address.view().verified().goodUntil());
      case ResolutionStep.ServersVerified servers ->
          new TrustChain.Link(
              "servers", servers.view().operator().verified().domain().value(), "servers verified");
      case ResolutionStep.PointerFollowed pointer ->
          new TrustChain.Link(
              "pointer",
              pointer.pointer().alias().record().address().toString(),
              "points at "
                  + pointer.pointer().consent().record().target()
                  + ", who has consented by signature");
    };
  }

  private static String domainDetail(DomainView view) {
    return "record signed under the pinned root, gen "
        + view.record().gen()
        + " seq "
        + view.record().seq()
        + ", operators "
        + view.record().operators().stream().map(o -> o.domain().value()).toList()
        + ", good until "
        + view.verified().goodUntil();
  }

  private static String contentDetail(AddressRecord record) {
    return switch (record.content()) {
      case AddressRecord.Mailbox mailbox ->
          "a mailbox at " + mailbox.operator() + ", pool " + mailbox.pool();
      case AddressRecord.Alias alias -> "an alias of " + alias.target();
      case AddressRecord.Unknown unknown -> "there is no such address";
      case AddressRecord.Revoked revoked -> "revoked at " + revoked.from();
    };
  }
}
