/**
 * Connections to hosts that somebody else's DNS or records name. The address that was looked up is
 * checked against what this provider connects to, and exactly the checked address is connected to,
 * with the name sent along (SNI); who answers is judged before anything is sent. There are no
 * redirects and every answer is bounded (docs/threats.md, T12, T13, T15).
 */
@NullMarked
package io.keypost.directory.net;

import org.jspecify.annotations.NullMarked;
