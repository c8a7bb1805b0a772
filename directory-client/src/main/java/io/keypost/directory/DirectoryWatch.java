package io.keypost.directory;

import io.keypost.directory.pin.FirstSight;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;

/**
 * Is told what whoever runs a directory should know of. Called on the directory's threads, by
 * several at a time: must not block, must not throw.
 */
public interface DirectoryWatch {
  /** Tells nobody. */
  DirectoryWatch NONE = new DirectoryWatch() {};

  /** A record could not be had, for this reason; told once however many asked for it. */
  default void refused(RefusalCode code) {}

  /** A host has an address or a port that is not connected to (T12); others of it may be. */
  default void targetRefused() {}

  /** A domain was seen for the first time, and its root is remembered from now on. */
  default void firstSight(MailDomain domain, FirstSight sight) {}

  /** Something happened that a person must look at. */
  default void incident(Incident incident) {}

  /** Tells both. */
  static DirectoryWatch both(DirectoryWatch one, DirectoryWatch other) {
    return new DirectoryWatch() {
      @Override
      public void refused(RefusalCode code) {
        one.refused(code);
        other.refused(code);
      }

      @Override
      public void targetRefused() {
        one.targetRefused();
        other.targetRefused();
      }

      @Override
      public void firstSight(MailDomain domain, FirstSight sight) {
        one.firstSight(domain, sight);
        other.firstSight(domain, sight);
      }

      @Override
      public void incident(Incident incident) {
        one.incident(incident);
        other.incident(incident);
      }
    };
  }
}
