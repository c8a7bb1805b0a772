/** The payload store of this process. */
@NullMarked
package io.keypost.ingress.store;

import org.jspecify.annotations.NullMarked;
