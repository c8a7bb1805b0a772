/**
 * What is inside the encryption: the client's own headers around a foreign message, which travels
 * byte for byte (docs/protocol.md, "What is inside", KP-RDR-5 and KP-RDR-7; RFC 9788).
 */
@NullMarked
package io.keypost.client.mime;

import org.jspecify.annotations.NullMarked;
