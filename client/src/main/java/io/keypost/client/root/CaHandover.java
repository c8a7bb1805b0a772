package io.keypost.client.root;

/** What a new root statement says of the operational CAs that the last one listed. */
public enum CaHandover {
  /** They stay in force until they end: for a renewal. */
  KEEP_OTHERS,
  /** Only the new one is in force: when the old one's key may be in other hands. */
  ONLY_THIS
}
