/**
 * How a client speaks with its own provider: enrolment, access tokens, submissions, mailbox,
 * outcomes, consents.
 */
@NullMarked
package io.keypost.client.provider;

import org.jspecify.annotations.NullMarked;
