/**
 * A user's keyring, devices and parcels (docs/protocol.md, "User keys"): what a change of them must
 * hold before it stands.
 */
@NullMarked
package io.keypost.keyserver.keyring;

import org.jspecify.annotations.NullMarked;
