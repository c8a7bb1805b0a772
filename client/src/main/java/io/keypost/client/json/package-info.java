/** JSON as records, and problems (RFC 9457) back to refusals, for all of the client. */
@NullMarked
package io.keypost.client.json;

import org.jspecify.annotations.NullMarked;
