/**
 * A whole Keypost on one machine: embedded servers, then the five services of one or more providers
 * as real processes, and the first-start ceremony that makes them providers (roots, operational CA,
 * DNS, enrolment of every service). {@link io.keypost.stack.LocalStack} is the door; the demo and
 * the end-to-end tests stand on it. No part of the protocol.
 */
@NullMarked
package io.keypost.stack;

import org.jspecify.annotations.NullMarked;
