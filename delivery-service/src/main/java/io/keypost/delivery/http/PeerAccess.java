package io.keypost.delivery.http;

import io.keypost.directory.net.PeerHttp;

/** The way to peers, with this service's identity once it has one. */
public interface PeerAccess {

  /** HTTP with mutual TLS. */
  PeerHttp http();

  /** Whether this service has an identity: without one no peer answers. */
  boolean isEnrolled();
}
