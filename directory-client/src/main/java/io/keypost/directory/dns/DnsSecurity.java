package io.keypost.directory.dns;

/** What DNSSEC says of an answer. A bogus one is never an answer: it is a refusal. */
public enum DnsSecurity {
  /** Validated in this process, link by link, from the trust anchor. */
  SECURE,
  /** Proved to stand below an unsigned delegation, or outside of every trust anchor. */
  INSECURE
}
