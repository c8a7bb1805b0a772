/**
 * Names of domains and people (docs/protocol.md, "Names", KP-ADR). One place parses them and gives
 * each its one canonical form; everything else compares canonical forms octet by octet.
 */
@NullMarked
package io.keypost.protocol.address;

import org.jspecify.annotations.NullMarked;
