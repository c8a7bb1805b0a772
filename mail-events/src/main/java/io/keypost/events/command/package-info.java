/** The command {@code keypost topics}: creates, checks and repairs what the services rely on. */
@NullMarked
package io.keypost.events.command;

import org.jspecify.annotations.NullMarked;
