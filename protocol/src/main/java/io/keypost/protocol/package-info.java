/** Keypost's wire format. */
@NullMarked
package io.keypost.protocol;

import org.jspecify.annotations.NullMarked;
