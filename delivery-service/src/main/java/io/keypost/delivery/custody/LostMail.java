package io.keypost.delivery.custody;

import io.keypost.protocol.address.MailDomain;

/**
 * An envelope in this provider's custody that a stage gave up on: nobody but delivery will end it.
 *
 * @param returnOperator operator that it came from, which its receipt goes back to
 */
public record LostMail(MailFacts mail, MailDomain returnOperator) {}
