/**
 * The key server's own certificate (docs/protocol.md, "Certificates"): shown on the public port and
 * to foreign key servers. It appears after the first start and is exchanged while the service runs.
 */
@NullMarked
package io.keypost.keyserver.tls;

import org.jspecify.annotations.NullMarked;
