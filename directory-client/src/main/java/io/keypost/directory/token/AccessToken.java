package io.keypost.directory.token;

import io.keypost.protocol.address.Address;
import java.time.Instant;

/**
 * A token after every check.
 *
 * @param subject whose token it is
 * @param audience the word that stands for what it opens, as {@code submission}
 * @param id unique for each token
 * @param expires its end
 */
public record AccessToken(Address subject, String audience, String id, Instant expires) {}
