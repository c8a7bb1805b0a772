/**
 * Who a peer is (docs/protocol.md, "Certificates", "Submissions and transfers"). A TLS handshake
 * here only proves that the peer holds the key of the certificate it shows; whether that
 * certificate is good for the connection is decided on it by one of the {@link
 * io.keypost.directory.tls.PeerTrust} rules before anything is sent or believed.
 */
@NullMarked
package io.keypost.directory.tls;

import org.jspecify.annotations.NullMarked;
