/**
 * The directory of a provider's domains (docs/protocol.md, "Key server"): publishes signed records,
 * enrols users and servers, gives access tokens, and asks foreign key servers for its own users.
 *
 * <p>Packages are named by what they are about: {@code authority} (keys and certificates of a
 * domain), {@code record}, {@code lookup}, {@code enrolment}, {@code token}, {@code alias}, {@code
 * server}. Their decisions are functions of what was read and the time; {@code store} is the
 * database, {@code http} the public port, {@code management} the operators' port, {@code tls} the
 * key server's own certificate.
 */
@NullMarked
package io.keypost.keyserver;

import org.jspecify.annotations.NullMarked;
