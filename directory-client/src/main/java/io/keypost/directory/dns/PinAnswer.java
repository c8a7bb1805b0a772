package io.keypost.directory.dns;

import io.keypost.protocol.pin.Pin;
import java.time.Duration;

/**
 * A domain's pin as DNS shows it now.
 *
 * @param timeToLive how long it need not be looked up again
 */
public record PinAnswer(Pin pin, DnsSecurity security, Duration timeToLive) {}
