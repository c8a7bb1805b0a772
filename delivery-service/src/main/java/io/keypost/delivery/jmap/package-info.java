/**
 * Users' mailboxes and their sent mail over HTTP (docs/protocol.md, "Mailbox access"): JMAP core
 * (RFC 8620) and mail (RFC 8621) as far as a server that cannot read the mail can answer, blobs,
 * and the list of outcomes. Every resource method says that it is for a user; what a user asks for
 * is looked up in that user's own mailbox and nowhere else (KP-MBX-1).
 */
@NullMarked
package io.keypost.delivery.jmap;

import org.jspecify.annotations.NullMarked;
