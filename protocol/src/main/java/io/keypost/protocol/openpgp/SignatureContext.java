package io.keypost.protocol.openpgp;

import io.keypost.protocol.Bytes;

/**
 * What a user's signature is about. Each context begins the signed octets with a constant of its
 * own, so that a signature made for one purpose is never one for another. No constant is the
 * beginning of another: each ends with its only NUL.
 */
public enum SignatureContext {
  /** The signature over an envelope, by a device's signing subkey. */
  ENVELOPE("envelope"),
  /** What an address says of its key or pointer, by its last primary key. */
  KEY_STATEMENT("key-statement"),
  /** That an alias may point at the signer's address, by its primary key. */
  CONSENT("consent"),
  /** Possession of the primary key when an address is enrolled. */
  ENROLMENT("enrolment"),
  /** That a device is the user's, by the primary key. */
  DEVICE("device");

  private final Bytes prefix;

  SignatureContext(String name) {
    prefix = Bytes.utf8("keypost/1/" + name + "\0");
  }

  /** The octets that go before the data. */
  public Bytes prefix() {
    return prefix;
  }
}
