/**
 * The {@code keypost} command line. Exit status: 0 done, 1 refused (the line on standard error
 * begins with the refusal code), 2 wrong usage, 75 temporary failure: try again later.
 */
@NullMarked
package io.keypost.client.cli;

import org.jspecify.annotations.NullMarked;
