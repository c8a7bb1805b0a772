package io.keypost.ingress;

import io.keypost.directory.peer.VerifiedPeer;
import io.keypost.events.mail.Arrival;
import io.keypost.protocol.address.Address;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Who sends a request, after every check of who it is. What they may send is another question:
 * {@link Admission}.
 */
public sealed interface Caller {

  /** Name by which requests of one caller are counted and logged. */
  String name();

  /** How mail of this caller came in. */
  Arrival arrival(Instant now);

  /**
   * A user of this provider.
   *
   * @param subject of the access token
   */
  record User(Address subject) implements Caller {
    @Override
    public String name() {
      return subject.toString();
    }

    @Override
    public Arrival arrival(Instant now) {
      return new Arrival.FromUser(subject, now.truncatedTo(ChronoUnit.MILLIS));
    }
  }

  /**
   * A server of another operator.
   *
   * @param peer as proved
   */
  record Peer(VerifiedPeer peer) implements Caller {
    @Override
    public String name() {
      return peer.operator().value();
    }

    @Override
    public Arrival arrival(Instant now) {
      return new Arrival.FromPeer(
          peer.operator(), peer.certificate(), now.truncatedTo(ChronoUnit.MILLIS));
    }
  }
}
