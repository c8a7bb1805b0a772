/**
 * Login keys, assertions and access tokens (docs/protocol.md, "Key server"; RFC 7523, RFC 9068): a
 * device signs an assertion with its login key and gets a token of ten minutes for one audience at
 * this provider.
 */
@NullMarked
package io.keypost.keyserver.token;

import org.jspecify.annotations.NullMarked;
