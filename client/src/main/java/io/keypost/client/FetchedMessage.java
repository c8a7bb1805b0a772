package io.keypost.client;

import io.keypost.protocol.message.SignedEnvelope;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A message in this client's home, as sealed as it came; nothing of it is verified.
 *
 * @param id names it in the mailbox and in the home
 * @param receivedAt when the provider says that it came
 * @param payload file with the payload
 */
public record FetchedMessage(String id, Instant receivedAt, SignedEnvelope signed, Path payload) {}
