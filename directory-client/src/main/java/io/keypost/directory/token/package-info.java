/**
 * Access tokens (docs/protocol.md, "Key server", Tokens): signed by the provider's own key server,
 * checked by every service that users call.
 */
@NullMarked
package io.keypost.directory.token;

import org.jspecify.annotations.NullMarked;
