package io.keypost.client.operator;

/**
 * A certificate as its key server sees it.
 *
 * @param digest SHA-256, base64url
 * @param use {@code ca}, {@code signing}, {@code server} or {@code receipt}
 * @param service whose it is
 * @param issued when
 * @param not_after end of its life
 * @param state {@code in_force}, {@code replaced}, {@code revoked} or {@code expired}
 */
public record CertificateState(
    String digest, String use, String service, String issued, String not_after, String state) {}
