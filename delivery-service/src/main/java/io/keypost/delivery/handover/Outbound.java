package io.keypost.delivery.handover;

import io.keypost.delivery.custody.HeldMail;

/** An envelope to be queued. */
public record Outbound(HeldMail mail, Destination destination) {}
