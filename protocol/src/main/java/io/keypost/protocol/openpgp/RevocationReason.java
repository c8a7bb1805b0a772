package io.keypost.protocol.openpgp;

import org.bouncycastle.bcpg.sig.RevocationReasonTags;

/**
 * Why a key was revoked, which decides what becomes of signatures that it made before (RFC 9580
 * section 5.2.3.31).
 */
public enum RevocationReason {
  /** Replaced by another key: what it signed before stays good. */
  SUPERSEDED(RevocationReasonTags.KEY_SUPERSEDED),
  /** No longer used, as with a device that was given up: what it signed before stays good. */
  RETIRED(RevocationReasonTags.KEY_RETIRED),
  /**
   * Somebody else may hold it: nothing that it ever signed is good. Also every reason not known
   * here, or none.
   */
  COMPROMISED(RevocationReasonTags.KEY_COMPROMISED);

  private final byte code;

  RevocationReason(byte code) {
    this.code = code;
  }

  byte code() {
    return code;
  }

  static RevocationReason of(int code) {
    for (RevocationReason reason : values()) {
      if (reason.code == code) {
        return reason;
      }
    }
    return COMPROMISED;
  }
}
