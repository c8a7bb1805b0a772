/**
 * Attaches tests to real servers: one Kafka, PostgreSQL and signed DNS for a whole build ({@link
 * io.keypost.testsupport.SharedServers}), where each test class takes a database and a topic prefix
 * of its own. No part of the protocol, and never on a class path outside tests.
 */
@NullMarked
package io.keypost.testsupport;

import org.jspecify.annotations.NullMarked;
