/**
 * Who calls a service over mutual TLS (docs/protocol.md, "Submissions and transfers"): the operator
 * that a peer's certificate names, checked against that operator's own pinned root and list of
 * certificates, and the domains that name it.
 */
@NullMarked
package io.keypost.directory.peer;

import org.jspecify.annotations.NullMarked;
