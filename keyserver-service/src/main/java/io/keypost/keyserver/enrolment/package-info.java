/**
 * Enrolment (docs/protocol.md, "Enrolment"): one-time codes, and what a user's request must prove
 * before a certificate stands in the directory.
 */
@NullMarked
package io.keypost.keyserver.enrolment;

import org.jspecify.annotations.NullMarked;
