/**
 * What a client remembers of its correspondents, and the rule that a key or pointer which does not
 * follow from what is remembered is never used silently (KP-KEY-8; T42, T45).
 */
@NullMarked
package io.keypost.client.trust;

import org.jspecify.annotations.NullMarked;
