/**
 * Keys and certificates of the domains hosted here (docs/protocol.md, "Certificates"): the
 * operational CA whose key is made here and whose certificate the offline root gives, and what it
 * issues to this service itself. The root's secret key never comes near.
 */
@NullMarked
package io.keypost.keyserver.authority;

import org.jspecify.annotations.NullMarked;
