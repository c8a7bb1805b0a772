/** For the tests of this module and of those that read hostile octets elsewhere. */
package io.keypost.protocol.testing;
