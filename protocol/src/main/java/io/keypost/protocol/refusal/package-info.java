/**
 * Why something was refused, and what the one who asked should do about it (docs/protocol.md,
 * "Refusal codes"). Everything a peer or a user did wrong is one exception that carries one typed
 * refusal; there is no other error for bytes from outside.
 */
@NullMarked
package io.keypost.protocol.refusal;

import org.jspecify.annotations.NullMarked;
