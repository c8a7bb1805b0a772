/**
 * How a provider configures the directory: the parts of the provider file below {@code keypost.dns}
 * and {@code keypost.directory}, as plain interfaces that each service nests in its own mapping.
 */
@NullMarked
package io.keypost.directory.config;

import org.jspecify.annotations.NullMarked;
