package io.keypost.directory.token;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.Address;
import java.time.Instant;
import java.util.Optional;

/**
 * A token after every check.
 *
 * @param subject whose token it is
 * @param audience the word that stands for what it opens, as {@code submission}
 * @param id unique for each token
 * @param expires its end
 * @param client thumbprint of the login key that it was given for, when it says so
 */
public record AccessToken(
    Address subject, String audience, String id, Instant expires, Optional<Digest> client) {}
