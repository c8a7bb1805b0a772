package io.keypost.keyserver;

import io.keypost.protocol.address.MailDomain;

/**
 * Whose provider this is.
 *
 * @param domain the operator domain: servers, tokens and receipts are under its root
 */
public record Operator(MailDomain domain) {}
