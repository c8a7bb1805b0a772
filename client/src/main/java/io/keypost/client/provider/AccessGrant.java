package io.keypost.client.provider;

import java.net.URI;
import java.time.Instant;

/**
 * An access token and where it is used.
 *
 * @param bearer the token itself, a secret
 * @param goodUntil when to ask for another
 * @param submissionUrl where frames are posted
 * @param mailboxUrl origin of the mailbox service
 */
record AccessGrant(String bearer, Instant goodUntil, URI submissionUrl, URI mailboxUrl) {
  /** Shows nothing of the token. */
  @Override
  public String toString() {
    return "AccessGrant[until " + goodUntil + "]";
  }
}
