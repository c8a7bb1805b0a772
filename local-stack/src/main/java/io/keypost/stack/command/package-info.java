/**
 * The words of {@code ./keypost} that run a local stack: demo, up, status, down. {@link
 * io.keypost.stack.command.Supervisor} is what up leaves running, {@link
 * io.keypost.stack.StackState} the file by which the others find it.
 */
@NullMarked
package io.keypost.stack.command;

import org.jspecify.annotations.NullMarked;
