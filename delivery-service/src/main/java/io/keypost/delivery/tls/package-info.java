/** The certificate of the public port. */
@NullMarked
package io.keypost.delivery.tls;

import org.jspecify.annotations.NullMarked;
