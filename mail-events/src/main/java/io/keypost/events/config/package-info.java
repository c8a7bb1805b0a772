/**
 * How the provider file's {@code keypost.kafka.*} is read, by services and the command line alike.
 */
@NullMarked
package io.keypost.events.config;

import org.jspecify.annotations.NullMarked;
