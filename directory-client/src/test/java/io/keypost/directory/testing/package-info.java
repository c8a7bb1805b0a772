/** Real domains, key servers and clocks for tests of all who look domains up. */
package io.keypost.directory.testing;
