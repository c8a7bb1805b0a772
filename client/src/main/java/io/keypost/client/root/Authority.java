package io.keypost.client.root;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;

/**
 * What the offline root gives to the key server, and nothing secret.
 *
 * @param domain whose
 * @param gen of the root statement
 * @param rootKey digest of the root's public key, which goes into the pin
 * @param rootCertificate PEM
 * @param caCertificate PEM, of the operational CA whose request was signed
 * @param rootStatement JWS
 */
public record Authority(
    MailDomain domain,
    long gen,
    Digest rootKey,
    String rootCertificate,
    String caCertificate,
    String rootStatement) {}
