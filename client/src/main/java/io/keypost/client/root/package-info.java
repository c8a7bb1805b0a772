/**
 * A domain's root, kept on a machine without network: made, and used to sign operational CAs and
 * root statements (docs/protocol.md, "Certificates"). Nothing here connects to anything.
 */
@NullMarked
package io.keypost.client.root;

import org.jspecify.annotations.NullMarked;
