/**
 * The operators' side on the management port: domains, codes, aliases, revocation, audit. Every
 * route is wrapped in the check of the admin token, so that no spelling of a path leads around it.
 */
@NullMarked
package io.keypost.keyserver.management;

import org.jspecify.annotations.NullMarked;
